begin;
delete from access.scope where name in ('pass_campaigns:read', 'pass_campaign_lines:read', 'pass_campaigns:answer',
    'pass_campaigns:follow', 'pass_campaigns:write', 'diagnostic_sheets:write');
drop function campaign.send_sheet(uuid, bigint), campaign.sign_sheet(uuid, bigint), campaign.save_sheet(uuid, bigint, jsonb),
    campaign.latest_sheet(uuid, bigint), campaign.store_sheet(campaign.sheet, jsonb), campaign.sheet_at(uuid, integer), campaign.sheet_versions(uuid),
    campaign.signature_of(campaign.sheet), campaign.own_pass(uuid), campaign.all_items(campaign.sheet);
drop type campaign.sheet_row;
drop table campaign.sheet;
drop function campaign.guard_sheet(), campaign.open_items_valid(jsonb), campaign.sheet_item_valid(jsonb),
    campaign.sensitive_needs(), campaign.needs();
call engine.set_revision('campaign_writes');
commit;
