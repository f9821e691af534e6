select 1 / (campaign.merged('{"YES": 1}', '{"by_rqth": {"YES": null, "NO": 2}}', 'by_rqth') = '{"NO": 2}')::integer;
