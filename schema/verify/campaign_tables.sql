select id, campaign_id, by_rqth from campaign.answer where false;
select id, pass_id, planned_outcome from campaign.line where false;
select 1 / (campaign.headcount_sum('{"YES": 2, "NO": 3}') = 5)::integer;
