-- Rules of campaigns over several rows, as triggers: they hold whoever writes, also when several write at once. Each writer
-- of an answer or a line holds its campaign (share lock), so that a closing waits for it or is seen by it.
begin;

create function campaign.guard_campaign() returns trigger
    language plpgsql
    as $$
declare
    unknown text;
begin
    if new.opens_on >= new.closes_on then
        perform engine.refuse('campaign_dates_order', 'it ends before it begins', '{"pointer": "/closes_on"}');
    elsif new.ends_from > new.ends_to then
        perform engine.refuse('campaign_ends_order', 'the range of ends is the wrong way round', '{"pointer": "/ends_to"}');
    end if;
    select r.code into unknown from unnest(new.region_codes) r (code)
    where not exists (select from reference.region x where x.code = r.code) limit 1;
    if unknown is not null then
        perform engine.refuse('campaign_region_known', 'no such region', '{"pointer": "/region_codes"}');
    end if;
    if tg_op = 'INSERT' or old.status = 'DRAFT' then
        return new;
    end if;
    if old.status in ('CLOSED', 'ARCHIVED') and (new.title, new.closes_on) is distinct from (old.title, old.closes_on) then
        perform engine.refuse('campaign_frozen', 'a closed campaign does not change any more');
    end if;
    if (new.code, new.opens_on, new.origins, new.siae_kinds, new.region_codes, new.ends_from, new.ends_to,
            new.prolonged_days_from) is distinct from (old.code, old.opens_on, old.origins, old.siae_kinds, old.region_codes,
            old.ends_from, old.ends_to, old.prolonged_days_from) then
        perform engine.refuse('campaign_rule_frozen', 'the cohort was invited by this rule');
    end if;
    return new;
end $$;
comment on function campaign.guard_campaign() is
    'Regions exist; once open the cohort stands still, only title and closing day move; once closed nothing does.';
create trigger campaign_10_guard before insert or update on campaign.campaign
    for each row execute function campaign.guard_campaign();

create function campaign.guard_status() returns trigger
    language plpgsql
    as $$
begin
    if (old.status, new.status) not in (('DRAFT', 'OPEN'), ('OPEN', 'CLOSED'), ('CLOSED', 'ARCHIVED')) then
        perform engine.refuse('campaign_status_order', 'a campaign goes from draft to open, closed, archived');
    end if;
    return new;
end $$;
comment on function campaign.guard_status() is 'DRAFT, OPEN, CLOSED, ARCHIVED, in this order and never back.';
create trigger campaign_20_status before update on campaign.campaign
    for each row when (old.status <> new.status) execute function campaign.guard_status();

-- Looks with the owner's rights: a structure may not lock a campaign, but its write depends on it.
create function campaign.require_open(campaign uuid) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    found_status text;
begin
    select c.status into found_status from campaign.campaign c where c.id = campaign for share;
    if found_status = 'DRAFT' then
        perform engine.refuse('campaign_not_open', 'the campaign is not open yet');
    elsif found_status <> 'OPEN' then
        perform engine.refuse('campaign_frozen', 'a closed campaign does not change any more');
    end if;
end $$;
comment on function campaign.require_open(uuid) is 'Holds an open campaign open until the end of the transaction; refuses any other.';

create function campaign.headcount_differences(answer campaign.answer) returns jsonb
    language sql immutable
    as $$
    select jsonb_agg(jsonb_build_object('breakdown', b.name, 'sum', b.sum, 'people_count', (answer).people_count) order by b.place)
    from (values (1, 'by_age_band', campaign.headcount_sum((answer).by_age_band)),
        (2, 'by_rqth', campaign.headcount_sum((answer).by_rqth)),
        (3, 'by_planned_outcome', campaign.headcount_sum((answer).by_planned_outcome))) b (place, name, sum)
    where b.sum <> (answer).people_count
    $$;
comment on function campaign.headcount_differences(campaign.answer) is
    'Breakdowns that do not add up to the people of the answer, each with its sum; null when all do.';

create function campaign.guard_answer() returns trigger
    language plpgsql
    as $$
declare
    differences constant jsonb := campaign.headcount_differences(new);
begin
    perform campaign.require_open(new.campaign_id);
    if tg_op = 'UPDATE' and old.validated_on is not null and new.validated_on is not null then
        perform engine.refuse('answer_validated', 'the delegation has validated this answer');
    end if;
    if differences is not null then
        perform engine.refuse('answer_headcounts_add_up', 'a breakdown differs from the total',
            jsonb_build_object('pointer', '/' || (differences #>> '{0,breakdown}'), 'differences', differences));
    end if;
    return new;
end $$;
comment on function campaign.guard_answer() is
    'The campaign is open, the answer not validated unless it is taken back, and every breakdown adds up to the total.';
create trigger answer_10_guard before insert or update on campaign.answer
    for each row execute function campaign.guard_answer();

-- --- lines ---

create function campaign.guard_line_dates(line campaign.line) returns void
    language plpgsql
    as $$
declare
    ahead text;
begin
    select d.name into ahead from (values ('prescriber_contacted_on', (line).prescriber_contacted_on),
        ('requested_on', (line).requested_on), ('decided_on', (line).decided_on), ('final_on', (line).final_on)) d (name, day)
    where d.day > engine.today() limit 1;
    if ahead is not null then
        perform engine.refuse('line_date_in_future', 'what has not happened has no date',
            jsonb_build_object('pointer', '/' || ahead));
    end if;
end $$;
comment on function campaign.guard_line_dates(campaign.line) is 'Contact, request, decision and real outcome lie in the past or today.';

create function campaign.guard_line() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    answer campaign.answer;
begin
    perform campaign.require_open(new.campaign_id);
    select * into answer from campaign.answer a where a.id = new.answer_id for no key update;
    if answer.validated_on is not null then
        perform engine.refuse('answer_validated', 'the delegation has validated this answer');
    elsif (new.campaign_id, new.answer_id, new.pass_id) <> (old.campaign_id, old.answer_id, old.pass_id) then
        perform engine.refuse('line_pass_of_member', 'a line stays with its PASS');
    end if;
    perform campaign.guard_line_dates(new);
    return new;
end $$;
comment on function campaign.guard_line() is
    'The campaign is open, the answer not validated, the PASS the same; holds the answer until the end.';
create trigger line_10_guard before update on campaign.line
    for each row execute function campaign.guard_line();

-- An opening writes as many lines as there are PASS in the cohort: they are looked at together.
create function campaign.guard_new_lines() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    perform campaign.require_open(f.campaign_id) from (select distinct campaign_id from fresh) f;
    perform from campaign.answer a where a.id in (select answer_id from fresh) order by a.id for no key update;
    if exists (select from fresh f join campaign.answer a on a.id = f.answer_id where a.validated_on is not null) then
        perform engine.refuse('answer_validated', 'the delegation has validated this answer');
    elsif exists (select from fresh f join campaign.answer a on a.id = f.answer_id join pass.pass p on p.id = f.pass_id
            where a.campaign_id <> f.campaign_id or a.member_id <> p.member_id) then
        perform engine.refuse('line_pass_of_member', 'the PASS is followed by another structure');
    end if;
    perform campaign.guard_line_dates(f::campaign.line) from fresh f
    where coalesce(f.prescriber_contacted_on, f.requested_on, f.decided_on, f.final_on) is not null;
    return null;
end $$;
comment on function campaign.guard_new_lines() is
    'The same of all lines of one statement: campaign open, answers not validated, each PASS that of the structure.';
create trigger line_20_guard_new after insert on campaign.line
    referencing new table as fresh for each statement execute function campaign.guard_new_lines();

create function campaign.touch_answer() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    update campaign.answer set lines_touched = lines_touched + 1, started_on = coalesce(started_on, engine.today())
    where id = new.answer_id;
    return null;
end $$;
comment on function campaign.touch_answer() is
    'A line that is filled in starts the answer and raises its version: who validates sees the lines as they are.';
create trigger line_60_touch after update on campaign.line
    for each row when (old.version <> new.version) execute function campaign.touch_answer();

call engine.set_revision('campaign_rules');
commit;
