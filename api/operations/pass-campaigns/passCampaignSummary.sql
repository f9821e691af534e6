-- Per delegation and for the nation, small counts hidden.
select s.campaign_id, s.campaign_code, s.status, s.closes_on, s.as_of_day as as_of, s.small_count, s.nation, s.delegations
from campaign.summary(campaign.visible_campaign(:id), coalesce(:as_of, engine.today())) s
