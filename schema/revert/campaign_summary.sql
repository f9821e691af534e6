begin;
drop function campaign.summary(uuid, date), campaign.participation(uuid, date), campaign.people_of(uuid),
    campaign.shown_cells(uuid, text), campaign.cells(uuid, text, uuid, uuid[]);
drop type campaign.cell;
drop function campaign.headcounts(uuid, text), campaign.place_of(campaign.answer), campaign.real_outcomes(uuid),
    campaign.codes_of(text), campaign.hide_small(integer[], integer),
    campaign.protect_cell(integer[], boolean[], integer, integer),
    campaign.widen_line(integer[], boolean[], integer, boolean, integer);
call engine.set_revision('campaign_reads');
commit;
