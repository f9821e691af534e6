begin;
drop function campaign.update_line(uuid, bigint, jsonb), campaign.add_line(uuid, jsonb), campaign.return_answer(uuid, bigint),
    campaign.validate_answer(uuid, bigint), campaign.submit_answer(uuid, bigint), campaign.update_answer(uuid, bigint, jsonb),
    campaign.merged(jsonb, jsonb, text), campaign.add_answer(uuid, jsonb), campaign.archive_campaign(uuid, bigint),
    campaign.close_campaign(uuid, bigint), campaign.open_campaign(uuid, bigint), campaign.invite(uuid, uuid[]),
    campaign.in_cohort(campaign.campaign, pass.pass), campaign.update_campaign(uuid, bigint, jsonb),
    campaign.create_campaign(jsonb), campaign.require_national();
call engine.set_revision('campaign_summary');
commit;
