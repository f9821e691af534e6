select id, number, sealed_items from campaign.sheet where false;
select 1 / (cardinality(campaign.needs()) = 14 and campaign.sensitive_needs() <@ campaign.needs())::integer;
