-- Rules that look at more than one row: what follows from a commune, origins and runs of memberships, coverage by
-- a delegation, who may see a member, what raises a member's version.
begin;

-- --- dates and settings ---

create function network.grace_days(on_date date) returns integer
    language sql stable parallel safe
    as $$
    select value from network.dated_setting
    where name = 'grace_days' and starts_on <= on_date and (ends_on is null or on_date <= ends_on)
    $$;
comment on function network.grace_days(date) is 'Days of grace after the last day of a period, as set for that day.';

create function network.delegation_of(department text, on_date date) returns uuid
    language plpgsql stable parallel safe
    as $$
declare
    region constant text := reference.region_of(department, on_date);
begin
    return (select r.delegation_id from network.delegation_region r
        where r.region_code = region and r.starts_on <= on_date and (r.ends_on is null or on_date <= r.ends_on));
end $$;
comment on function network.delegation_of(text, date) is
    'Delegation that holds the department''s region on that day; null where there is none (Corse, Grand Est …).';

create function network.default_delegations(department text, from_date date)
    returns table (delegation_id uuid, starts_on date, ends_on date)
    language sql stable parallel safe
    as $$
    select r.delegation_id, greatest(r.starts_on, p.starts_on, from_date), least(r.ends_on, p.ends_on)
    from (values (date '-infinity', date '2015-12-31', reference.region_of(department, date '2015-12-31')),
                 (date '2016-01-01', null, reference.region_of(department, date '2016-01-01')))
            as p (starts_on, ends_on, region_code)
    join network.delegation_region r on r.region_code = p.region_code
    where greatest(r.starts_on, p.starts_on, from_date) <= coalesce(least(r.ends_on, p.ends_on), 'infinity')
    order by 2
    $$;
comment on function network.default_delegations(text, date) is
    'Delegations of the department from that day on, one dated row each; the map changed on 2016-01-01.';

-- --- members ---

create function network.member_derive() returns trigger
    language plpgsql
    as $$
declare
    place reference.commune;
begin
    new.siret := nullif(identifier.normal('SIRET', new.siret), '');
    new.siret_at_agreement := nullif(identifier.normal('SIRET', new.siret_at_agreement), '');
    new.name := normalize(btrim(new.name));   -- é is one character, however it was typed
    new.brand := normalize(new.brand);
    if new.commune_code is not null then
        select * into place from reference.commune where code = new.commune_code;
    end if;
    new.department_code := place.department_code;
    new.region_code := place.region_code;
    new.search := reference.search_words(concat_ws(' ', new.name, new.brand, new.siret, place.name));
    if new.siret is not null and exists (
        select from network.organisation o where o.id = new.organisation_id and o.siren <> left(new.siret, 9)) then
        perform engine.refuse('member_siret_of_other_siren', 'the SIRET begins with another SIREN');
    end if;
    if tg_op = 'UPDATE' and (new.siret is null or new.commune_code is null)
        and exists (select from network.membership p where p.member_id = new.id) then
        perform engine.refuse(case when new.siret is null then 'member_siret_required'
                              else 'member_commune_required' end, 'only an applicant may lack it');
    end if;
    return new;
end $$;
comment on function network.member_derive() is
    'Normal forms, department and region from the commune, words for searching; SIRET and commune once a member.';
create trigger member_10_derive before insert or update on network.member
    for each row execute function network.member_derive();

create function network.organisation_derive() returns trigger
    language plpgsql
    as $$
begin
    new.siren := nullif(identifier.normal('SIREN', new.siren), '');
    new.legal_name := btrim(new.legal_name);
    new.rna := nullif(identifier.normal('RNA', new.rna), '');
    new.nda := nullif(identifier.normal('NDA', new.nda), '');
    new.previous_nda := nullif(identifier.normal('NDA', new.previous_nda), '');
    if tg_op = 'UPDATE' and old.nda <> new.nda and new.previous_nda is not distinct from old.previous_nda then
        new.previous_nda := old.nda;   -- it changes when the body moves to another region
    end if;
    return new;
end $$;
comment on function network.organisation_derive() is 'Identifiers in normal form; a new declaration number keeps the former one.';
create trigger organisation_10_derive before insert or update on network.organisation
    for each row execute function network.organisation_derive();

-- --- versions ---

do $$
declare
    name text;
begin
    foreach name in array array['organisation', 'economic_group', 'delegation', 'member', 'activity', 'membership',
        'member_delegation', 'suspension', 'contact', 'person', 'appointment'] loop
        execute format('create trigger %1$s_90_version before update on network.%1$I '
            'for each row execute function engine.keep_version()', name);
    end loop;
end $$;

create function network.touch_members(members uuid[]) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    update network.member set version = version + 1
    where id = any (members) and changed_in <> pg_current_xact_id();
end $$;
comment on function network.touch_members(uuid[]) is
    'Raises the version of members whose representation changed elsewhere; holds their rows until the end.';

-- --- memberships ---

create function network.membership_derive() returns trigger
    language plpgsql
    as $$
declare
    before date;
    computed text;
    owner network.member;
begin
    select * into owner from network.member where id = new.member_id;
    if owner.siret is null then
        perform engine.refuse('member_siret_required', 'a membership needs a SIRET');
    elsif owner.commune_code is null then
        perform engine.refuse('member_commune_required', 'a membership needs a commune');
    end if;
    select max(p.ends_on) into before from network.membership p
    where p.member_id = new.member_id and p.starts_on < new.starts_on and p.id <> new.id;
    computed := case when before is null then 'JOINED' when before + 1 < new.starts_on then 'REJOINED'
                     else 'RENEWED' end;
    if new.origin is null or (tg_op = 'UPDATE' and new.origin = old.origin and new.origin <> 'MERGED') then
        new.origin := computed;
    elsif new.origin not in (computed, 'MERGED') then
        perform engine.refuse('membership_origin_contradicts', 'the periods say otherwise',
            jsonb_build_object('expected', computed));
    end if;
    if tg_op = 'INSERT' or new.run_starts_on is null then
        new.run_starts_on := new.starts_on;
    end if;
    return new;
end $$;
comment on function network.membership_derive() is
    'Origin from the periods (a gap makes it REJOINED) or checked against them; MERGED is taken as given.';
create trigger membership_10_derive before insert or update on network.membership
    for each row execute function network.membership_derive();

create function network.membership_settle() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    members uuid[];
begin
    if tg_op = 'DELETE' then
        select array_agg(distinct member_id) into members from gone;
    else
        select array_agg(distinct member_id) into members from written;
    end if;
    perform network.touch_members(members);
    with placed as (
        select id, member_id, starts_on, origin, row_number() over periods = 1 as first,
            lag(ends_on) over periods + 1 < starts_on as after_gap
        from network.membership where member_id = any (members)
        window periods as (partition by member_id order by starts_on)
    ), settled as (
        select id, max(starts_on) filter (where first or after_gap)
                over (partition by member_id order by starts_on) as run,
            case when origin = 'MERGED' then 'MERGED' when first then 'JOINED'
                when after_gap then 'REJOINED' else 'RENEWED' end as origin
        from placed
    )
    update network.membership m set run_starts_on = s.run, origin = s.origin
    from settled s where s.id = m.id and (m.run_starts_on, m.origin) is distinct from (s.run, s.origin);
    if tg_op = 'UPDATE' then
        perform network.cover_members(members);   -- of a later migration; a period may begin earlier now
    end if;
    perform network.refresh_audience(members);
    return null;
end $$;
comment on function network.membership_settle() is
    'After a write: runs and origins of all periods of the members concerned, their version, who may see them.';
create trigger membership_settle_insert after insert on network.membership
    referencing new table as written for each statement execute function network.membership_settle();
create trigger membership_settle_update after update on network.membership
    referencing new table as written for each statement
    when (pg_trigger_depth() = 0) execute function network.membership_settle();
create trigger membership_settle_delete after delete on network.membership
    referencing old table as gone for each statement execute function network.membership_settle();

-- --- which delegation ---

create function network.member_delegation_check() returns trigger
    language plpgsql
    as $$
begin
    if not exists (select from network.delegation d where d.id = new.delegation_id
        and d.during @> engine.period(new.starts_on, new.ends_on)) then
        perform engine.refuse('delegation_not_running', 'the delegation does not exist on all those days');
    end if;
    if tg_op = 'UPDATE' and (new.delegation_id, new.is_primary, new.starts_on, new.reason)
        is not distinct from (old.delegation_id, old.is_primary, old.starts_on, old.reason) then
        return new;   -- only its end moves: the region may have changed since
    elsif new.is_primary and new.reason is null and new.delegation_id is distinct from (
        select network.delegation_of(m.department_code, new.starts_on) from network.member m
        where m.id = new.member_id) then
        perform engine.refuse('delegation_reason_required', 'not the delegation of the region: say why');
    end if;
    return new;
end $$;
comment on function network.member_delegation_check() is
    'The delegation exists on those days; another one than that of the region needs a reason.';
create trigger member_delegation_10_check before insert or update on network.member_delegation
    for each row execute function network.member_delegation_check();

create function network.member_delegation_settle() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    members uuid[];
begin
    if tg_op = 'DELETE' then
        select array_agg(distinct member_id) into members from gone;
    else
        select array_agg(distinct member_id) into members from written;
    end if;
    perform network.touch_members(members);
    perform network.refresh_audience(members);
    return null;
end $$;
comment on function network.member_delegation_settle() is 'After a write: version of the members, who may see them.';
create trigger member_delegation_settle_insert after insert on network.member_delegation
    referencing new table as written for each statement execute function network.member_delegation_settle();
create trigger member_delegation_settle_update after update on network.member_delegation
    referencing new table as written for each statement execute function network.member_delegation_settle();
create trigger member_delegation_settle_delete after delete on network.member_delegation
    referencing old table as gone for each statement execute function network.member_delegation_settle();

create function network.is_covered(member uuid) returns boolean
    language plpgsql stable
    as $$
begin
    return (select coalesce(bool_and(p.during <@ coalesce((
        select range_agg(d.during) from network.member_delegation d
        where d.member_id = member and d.is_primary), '{}'::datemultirange)), true)
    from network.membership p where p.member_id = member);
end $$;
comment on function network.is_covered(uuid) is 'True when every day of membership has a primary delegation.';

create function network.coverage_check() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
begin
    if not network.is_covered(case when tg_op = 'DELETE' then old.member_id else new.member_id end) then
        perform engine.refuse('delegation_required', 'some days of membership have no delegation');
    end if;
    return null;
end $$;
comment on function network.coverage_check() is 'At the end of the transaction: no day of membership without a delegation.';
create constraint trigger membership_delegation_required after insert or update on network.membership
    deferrable initially deferred for each row execute function network.coverage_check();
create constraint trigger member_delegation_delegation_required after update or delete on network.member_delegation
    deferrable initially deferred for each row execute function network.coverage_check();

-- --- who may see a member ---

create function network.refresh_audience(members uuid[]) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    delete from network.audience where member_id = any (members);
    insert into network.audience (member_id, viewer_id, starts_on, ends_on)
    select d.member_id, d.delegation_id, d.starts_on, coalesce(d.ends_on, 'infinity')
    from network.member_delegation d join network.member m on m.id = d.member_id
    where d.member_id = any (members) and d.is_primary and m.deleted_at is null
    union all
    select p.member_id, '00000000-0000-0000-0000-000000000000', p.starts_on, coalesce(p.ends_on, 'infinity')
    from network.membership p join network.member m on m.id = p.member_id
    where p.member_id = any (members) and m.public_listing_consent and m.deleted_at is null;
end $$;
comment on function network.refresh_audience(uuid[]) is
    'Writes anew who may see these members; their rows are locked by the touch before it, so none is lost.';

create function network.member_settle() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
begin
    perform network.refresh_audience(array_agg(n.id))
    from written n join replaced o using (id)
    where (n.public_listing_consent, n.deleted_at) is distinct from (o.public_listing_consent, o.deleted_at)
    having count(*) > 0;
    return null;
end $$;
comment on function network.member_settle() is 'After consent or removal changed: who may see the member.';
create trigger member_settle after update on network.member
    referencing old table as replaced new table as written
    for each statement execute function network.member_settle();

-- --- what members show of others ---

create function network.suspension_settle() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
begin
    perform network.touch_members(array[case when tg_op = 'DELETE' then old.member_id else new.member_id end]);
    return null;
end $$;
comment on function network.suspension_settle() is 'A suspension is shown by the member: its version rises.';
create trigger suspension_settle after insert or update or delete on network.suspension
    for each row execute function network.suspension_settle();

create function network.organisation_settle() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
begin
    if new.version <> old.version then
        perform network.touch_members(array(select id from network.member where organisation_id = new.id));
    end if;
    return null;
end $$;
comment on function network.organisation_settle() is 'Members show their legal person: their version rises with it.';
create trigger organisation_settle after update on network.organisation
    for each row execute function network.organisation_settle();

create function network.delegation_settle() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
begin
    if new.name <> old.name then
        perform network.touch_members(array(
            select member_id from network.member_delegation where delegation_id = new.id and is_primary));
    end if;
    if new.ends_on is distinct from old.ends_on and exists (
        select from network.member_delegation d where d.delegation_id = new.id
            and not new.during @> d.during) then
        perform engine.refuse('delegation_still_assigned', 'members belong to it after that day');
    end if;
    return null;
end $$;
comment on function network.delegation_settle() is
    'A new name is shown by its members; a delegation cannot end while members belong to it.';
create trigger delegation_settle after update on network.delegation
    for each row execute function network.delegation_settle();

create function network.delegation_region_settle() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    part network.delegation_region := case when tg_op = 'DELETE' then old else new end;
begin
    update network.delegation set version = version + 1
    where id = part.delegation_id and changed_in <> pg_current_xact_id();
    if tg_op <> 'DELETE' and not exists (
        select from network.delegation d where d.id = new.delegation_id and d.during @> new.during) then
        perform engine.refuse('delegation_region_outside_dates', 'the delegation does not exist on all those days');
    end if;
    return null;
end $$;
comment on function network.delegation_region_settle() is
    'Territory belongs to the delegation''s representation, and lies within its own dates.';
create trigger delegation_region_settle after insert or update or delete on network.delegation_region
    for each row execute function network.delegation_region_settle();

call engine.set_revision('network_rules');
commit;
