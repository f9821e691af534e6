-- The diagnostic sheet of a PASS (domain page, 7.3, "Sheet content"): 14 needs, each with a level, at most two actions done and
-- one planned, and the months that are asked for. Codes only. Health, housing, justice and disability are sealed; they leave the
-- service with the sheet itself and with nothing else. Only the structure that follows the PASS sees it.
begin;

create function campaign.needs() returns text[]
    language sql immutable parallel safe
    as $$
    select array['BASIC_SKILLS', 'AUTONOMY_AT_WORK', 'CAREER_PROJECT', 'JOB_SEARCH', 'HOUSING', 'ACCESS_TO_RIGHTS', 'PAPERWORK',
        'MOBILITY', 'MONEY', 'HEALTH', 'DISABILITY_COMPENSATION', 'DISABILITY_RECOVERY', 'JUSTICE', 'FAMILY_CONSTRAINTS']
    $$;
comment on function campaign.needs() is 'The 14 needs in the order of the State''s template.';

create function campaign.sensitive_needs() returns text[]
    language sql immutable parallel safe
    as $$ select array['HOUSING', 'HEALTH', 'DISABILITY_COMPENSATION', 'DISABILITY_RECOVERY', 'JUSTICE'] $$;
comment on function campaign.sensitive_needs() is 'Needs whose items are sealed (domain page, 7.7).';

create function campaign.sheet_item_valid(item jsonb) returns boolean
    language sql immutable parallel safe
    as $$
    select coalesce(item ->> 'need' = any (campaign.needs())
        and item ->> 'level' in ('PLUS_PLUS', 'PLUS', 'MINUS', 'MINUS_MINUS')
        and coalesce(item -> 'actions_done', '[]') <@ '["PERSONAL_SUPPORT", "TRAINING", "WORKSHOPS", "IMMERSION", "INTERNAL_SERVICES", "EXTERNAL_SERVICES", "PMSMP"]'
        and jsonb_array_length(coalesce(item -> 'actions_done', '[]')) <= 2
        and coalesce(item -> 'planned_action', 'null') <@ '[null, "PERSONAL_SUPPORT", "TRAINING", "WORKSHOPS", "IMMERSION", "INTERNAL_SERVICES", "EXTERNAL_SERVICES", "PMSMP", "NOT_NEEDED"]'
        and item - '{need,level,actions_done,planned_action}'::text[] = '{}', false)
    $$;
comment on function campaign.sheet_item_valid(jsonb) is 'One need with codes alone: no free text can be in it.';

create function campaign.open_items_valid(items jsonb) returns boolean
    language sql immutable parallel safe
    as $$
    select jsonb_typeof(items) = 'array' and not exists (
        select from jsonb_array_elements(items) i
        where not campaign.sheet_item_valid(i) or i ->> 'need' = any (campaign.sensitive_needs()))
    $$;
comment on function campaign.open_items_valid(jsonb) is 'Items as stored in the clear: valid, and none of a sensitive need.';

create table campaign.sheet (
    id            uuid primary key default engine.uuid_v7(),
    version       integer not null default 1,
    created_at    timestamptz not null default now(),
    updated_at    timestamptz not null default now(),
    changed_in    xid8 not null default pg_current_xact_id(),
    pass_id       uuid not null constraint sheet_pass references pass.pass on delete cascade,
    number        integer not null constraint sheet_number_range check (number between 1 and 1000),
    state         text not null default 'DRAFT'
        constraint sheet_state_known check (state in ('DRAFT', 'SIGNED', 'SENT', 'SUPERSEDED')),
    filled_on     date,
    time_done     text constraint sheet_time_done_known
        check (time_done in ('UNDER_ONE_YEAR', 'ONE_YEAR', 'TWO_YEARS', 'OVER_THREE_YEARS')),
    months_asked  integer constraint sheet_months_asked_range check (months_asked between 1 and 12),
    items         jsonb not null default '[]' constraint sheet_items_valid check (campaign.open_items_valid(items)),
    sealed_items  bytea,
    needs_count   integer not null default 0 constraint sheet_needs_range check (needs_count between 0 and 14),
    signed_at     timestamptz,
    signed_by     uuid,
    signature     bytea constraint sheet_signature_length check (length(signature) = 32),
    sent_on       date,
    constraint sheet_number_key unique (pass_id, number),
    constraint sheet_signed check ((signed_at is null) = (state = 'DRAFT') and (signature is null) = (state = 'DRAFT')),
    constraint sheet_complete check (state = 'DRAFT'
        or filled_on is not null and time_done is not null and months_asked is not null and needs_count = 14),
    constraint sheet_sent check (sent_on is not null or state <> 'SENT')
);
create unique index sheet_one_draft on campaign.sheet (pass_id) where state = 'DRAFT';
create unique index sheet_one_signed on campaign.sheet (pass_id) where state in ('SIGNED', 'SENT');
comment on table campaign.sheet is
    'Versions of the diagnostic sheet of a PASS: at most one draft, at most one in force; erased with its PASS.';
comment on column campaign.sheet.number is 'Number of the version, from 1 on.';
comment on column campaign.sheet.version is 'Goes on from one version of the sheet to the next, so that an old tag never fits a new draft.';
comment on column campaign.sheet.items is 'Array of {need, level, actions_done, planned_action} of the needs that are not sensitive.';
comment on column campaign.sheet.sealed_items is 'The same of the sensitive needs, sealed (keyed.seal, purpose diagnostic_sheet); null without any.';
comment on column campaign.sheet.needs_count is 'Needs that are filled in, the sealed ones included.';
comment on column campaign.sheet.signed_by is 'Key that signed.';
comment on column campaign.sheet.signature is 'Keyed hash of all that was signed: what is read later can be compared with it.';

create function campaign.guard_sheet() returns trigger
    language plpgsql
    as $$
begin
    if new.filled_on > engine.today() then
        perform engine.refuse('sheet_date_in_future', 'it was not filled in yet', '{"pointer": "/filled_on"}');
    end if;
    if tg_op = 'UPDATE' and old.state <> 'DRAFT' and (
        (new.pass_id, new.number, new.filled_on, new.time_done, new.months_asked, new.items, new.sealed_items, new.needs_count,
            new.signed_at, new.signed_by, new.signature) is distinct from (old.pass_id, old.number, old.filled_on, old.time_done,
            old.months_asked, old.items, old.sealed_items, old.needs_count, old.signed_at, old.signed_by, old.signature)
        or (old.state, new.state) not in (('SIGNED', 'SIGNED'), ('SENT', 'SENT'), ('SUPERSEDED', 'SUPERSEDED'), ('SIGNED', 'SENT'),
            ('SIGNED', 'SUPERSEDED'), ('SENT', 'SUPERSEDED'))) then
        perform engine.refuse('sheet_signed_frozen', 'what is signed does not change');
    end if;
    return new;
end $$;
comment on function campaign.guard_sheet() is 'Nothing of the future; a signed version is only sent, or superseded by the next.';
create trigger sheet_10_guard before insert or update on campaign.sheet
    for each row execute function campaign.guard_sheet();
create trigger sheet_90_version before update on campaign.sheet
    for each row execute function engine.keep_version();

alter table campaign.sheet enable row level security;
alter table campaign.sheet force row level security;
create policy owner on campaign.sheet to maillage_owner using (true) with check (true);
grant select, insert, update on campaign.sheet to maillage_app;
create policy own on campaign.sheet to maillage_app
    using (exists (select from pass.pass p where p.id = sheet.pass_id and p.member_id = (select session.member_id())))
    with check (exists (select from pass.pass p where p.id = sheet.pass_id and p.member_id = (select session.member_id())));

-- --- reading ---

create function campaign.all_items(sheet campaign.sheet) returns jsonb
    language sql stable
    as $$
    select coalesce(jsonb_agg(i order by array_position(campaign.needs(), i ->> 'need')), '[]')
    from jsonb_array_elements(sheet.items || coalesce(keyed.open('diagnostic_sheet', sheet.sealed_items)::jsonb, '[]')) i
    $$;
comment on function campaign.all_items(campaign.sheet) is 'Items of all needs in the order of the template, the sealed ones opened.';

create function campaign.own_pass(pass uuid) returns pass.pass
    language plpgsql stable
    as $$
declare
    own pass.pass;
begin
    select * into own from pass.pass p where p.id = pass and p.member_id = session.member_id();
    if own.id is null then
        raise exception using errcode = 'MA404', message = 'none that this caller can see';
    end if;
    return own;
end $$;
comment on function campaign.own_pass(uuid) is 'A PASS that the calling structure follows, or MA404.';

create type campaign.sheet_row as (
    id uuid, version integer, pass_id uuid, member_id uuid, number integer, state text, member_name text, siret text, number_last4 text,
    starts_on date, ends_on date, filled_on date, time_done text, months_asked integer, items jsonb, needs_count integer,
    signed_at timestamptz, signature text, signature_holds boolean, sent_on date, versions jsonb,
    created_at timestamptz, updated_at timestamptz);
comment on type campaign.sheet_row is 'A version of the sheet as the contract shows it; before the first one version and number are 0.';

create function campaign.signature_of(sheet campaign.sheet) returns bytea
    language sql stable
    as $$
    select keyed.hash('diagnostic_sheet', jsonb_build_array(sheet.pass_id, sheet.number, sheet.filled_on, sheet.time_done,
        sheet.months_asked, campaign.all_items(sheet))::text)
    $$;
comment on function campaign.signature_of(campaign.sheet) is 'Keyed hash of the content of a version; items are in the order of the template.';

create function campaign.sheet_versions(pass uuid) returns jsonb
    language sql stable
    as $$
    select coalesce(jsonb_agg(jsonb_build_object('number', s.number, 'state', s.state, 'filled_on', s.filled_on, 'signed_at',
        to_char(s.signed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'sent_on', s.sent_on) order by s.number desc), '[]')
    from campaign.sheet s where s.pass_id = pass
    $$;
comment on function campaign.sheet_versions(uuid) is 'Versions of the sheet of a PASS without their content, the latest first.';

create function campaign.sheet_at(pass uuid, wanted integer default null) returns setof campaign.sheet_row
    language plpgsql volatile rows 1
    as $$
declare
    own constant pass.pass := campaign.own_pass(pass);
    found_sheet campaign.sheet;
begin
    select * into found_sheet from campaign.sheet s where s.pass_id = pass and (wanted is null or s.number = wanted)
    order by s.number desc limit 1;
    if found_sheet.id is null and wanted is not null then
        return;
    end if;
    return query
        select coalesce(found_sheet.id, own.id), coalesce(found_sheet.version, 0), own.id, own.member_id, coalesce(found_sheet.number, 0),
            coalesce(found_sheet.state, 'DRAFT'), m.name, m.siret, own.number_last4, own.starts_on, own.ends_on,
            found_sheet.filled_on, found_sheet.time_done, found_sheet.months_asked,
            case when found_sheet.id is null then '[]' else campaign.all_items(found_sheet) end,
            coalesce(found_sheet.needs_count, 0), found_sheet.signed_at, encode(found_sheet.signature, 'hex'),
            found_sheet.signature = campaign.signature_of(found_sheet), found_sheet.sent_on, campaign.sheet_versions(own.id),
            coalesce(found_sheet.created_at, own.created_at), coalesce(found_sheet.updated_at, own.created_at)
        from network.member m where m.id = own.member_id;
end $$;
comment on function campaign.sheet_at(uuid, integer) is
    'getDiagnosticSheet: the latest version, or the one wanted; an empty one of version 0 before the first, so that PUT has a tag.';

-- --- writing ---

create function campaign.store_sheet(draft campaign.sheet, body jsonb) returns campaign.sheet
    language plpgsql volatile
    as $$
declare
    items constant jsonb := coalesce(nullif(body -> 'items', 'null'), '[]');
    sensitive jsonb;
    repeated text;
begin
    select i ->> 'need' into repeated from jsonb_array_elements(items) i group by 1 having count(*) > 1 limit 1;
    if repeated is not null then
        perform engine.refuse('sheet_need_twice', 'a need has one line', jsonb_build_object('need', repeated));
    end if;
    select jsonb_agg(i) into sensitive from jsonb_array_elements(items) i where i ->> 'need' = any (campaign.sensitive_needs());
    draft.filled_on := (body ->> 'filled_on')::date;
    draft.time_done := body ->> 'time_done';
    draft.months_asked := (body ->> 'months_asked')::integer;
    draft.needs_count := jsonb_array_length(items);
    draft.items := coalesce((select jsonb_agg(i) from jsonb_array_elements(items) i
        where not i ->> 'need' = any (campaign.sensitive_needs())), '[]');
    -- the same text is sealed differently each time: kept as it is while it says the same, so that no change stays none
    if sensitive is distinct from keyed.open('diagnostic_sheet', draft.sealed_items)::jsonb then
        draft.sealed_items := keyed.seal('diagnostic_sheet', sensitive::text);
    end if;
    return draft;
end $$;
comment on function campaign.store_sheet(campaign.sheet, jsonb) is 'A draft with the content of a body, sensitive needs sealed.';

create function campaign.latest_sheet(pass uuid, if_match bigint) returns campaign.sheet
    language plpgsql volatile
    as $$
declare
    latest campaign.sheet;
begin
    perform campaign.own_pass(pass);
    perform from pass.pass p where p.id = pass for update;     -- two writers of one PASS: one after the other
    select * into latest from campaign.sheet s where s.pass_id = pass order by s.number desc limit 1;
    if coalesce(latest.version, 0) <> if_match then
        return null;
    end if;
    if latest.id is null then
        latest.pass_id := pass;
        latest.version := 0;
        latest.number := 0;
    end if;
    return latest;
end $$;
comment on function campaign.latest_sheet(uuid, bigint) is
    'Latest version of the sheet of a PASS, held; number 0 before the first; null when its version is another.';

create function campaign.save_sheet(pass uuid, if_match bigint, body jsonb) returns setof campaign.sheet_row
    language plpgsql volatile
    as $$
declare
    latest campaign.sheet := campaign.latest_sheet(pass, if_match);
    draft campaign.sheet;
begin
    if latest.pass_id is null then
        return;
    elsif latest.state = 'DRAFT' then
        draft := campaign.store_sheet(latest, body);
        update campaign.sheet s set filled_on = draft.filled_on, time_done = draft.time_done, months_asked = draft.months_asked,
            items = draft.items, sealed_items = draft.sealed_items, needs_count = draft.needs_count
        where s.id = draft.id;
    else
        draft := campaign.store_sheet(null, body);
        insert into campaign.sheet (pass_id, number, version, filled_on, time_done, months_asked, items, sealed_items, needs_count)
        values (pass, latest.number + 1, latest.version + 1, draft.filled_on, draft.time_done, draft.months_asked, draft.items,
            draft.sealed_items, draft.needs_count);
    end if;
    return query select * from campaign.sheet_at(pass);
end $$;
comment on function campaign.save_sheet(uuid, bigint, jsonb) is
    'saveDiagnosticSheet: writes the draft, or begins the next version after a signed one. No row when the version is another.';

create function campaign.sign_sheet(pass uuid, if_match bigint) returns setof campaign.sheet_row
    language plpgsql volatile
    as $$
declare
    latest campaign.sheet := campaign.latest_sheet(pass, if_match);
begin
    if latest.pass_id is null then
        return;
    elsif latest.state is distinct from 'DRAFT' then
        perform engine.refuse('sheet_nothing_to_sign', 'there is no draft');
    end if;
    update campaign.sheet s set state = 'SUPERSEDED' where s.pass_id = pass and s.state in ('SIGNED', 'SENT');
    update campaign.sheet s set state = 'SIGNED', signed_at = now(), signed_by = session.key_id(),
        signature = campaign.signature_of(latest)
    where s.id = latest.id;
    return query select * from campaign.sheet_at(pass);
end $$;
comment on function campaign.sign_sheet(uuid, bigint) is
    'signDiagnosticSheet: the complete draft comes into force, the version before it no longer is. No row when the version is another.';

create function campaign.send_sheet(pass uuid, if_match bigint) returns setof campaign.sheet_row
    language plpgsql volatile
    as $$
declare
    latest campaign.sheet := campaign.latest_sheet(pass, if_match);
begin
    if latest.pass_id is null then
        return;
    elsif latest.state is null or latest.state not in ('SIGNED', 'SENT') then
        perform engine.refuse('sheet_not_signed', 'only a signed version is sent');
    end if;
    update campaign.sheet s set state = 'SENT', sent_on = coalesce(s.sent_on, engine.today()) where s.id = latest.id;
    return query select * from campaign.sheet_at(pass);
end $$;
comment on function campaign.send_sheet(uuid, bigint) is
    'sendDiagnosticSheet: notes that the signed version went to the prescriber; again is no change.';

insert into access.scope (name, kinds) values
    ('pass_campaigns:read', '{STRUCTURE,DELEGATION,NATIONAL}'),
    ('pass_campaign_lines:read', '{STRUCTURE,DELEGATION}'),
    ('pass_campaigns:answer', '{STRUCTURE}'),
    ('pass_campaigns:follow', '{DELEGATION,NATIONAL}'),
    ('pass_campaigns:write', '{NATIONAL}'),
    ('diagnostic_sheets:write', '{STRUCTURE}');

call engine.set_revision('campaign_sheets');
commit;
