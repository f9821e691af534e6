-- What changes members, delegations and appointments: one function for each process, so that API, import and local
-- work go the same way. Functions run with the caller's rights and policies; the few that must look beyond the
-- caller's territory (security definer) say why and check the caller themselves.
begin;

create function network.may_write(member uuid) returns boolean
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    return exists (
        select from network.member m where m.id = member and m.deleted_at is null
            and (session.caller() = 'NATIONAL' or session.caller() = 'DELEGATION' and exists (
                select from network.audience a where a.member_id = m.id
                    and a.viewer_id = session.delegation_id()
                    and engine.today() between a.starts_on and a.ends_on)));
end $$;
comment on function network.may_write(uuid) is
    'The policy of members as a question, for functions that run with the owner''s rights.';

-- --- members: what is sent ---

create type network.member_sent as (
    siret text, name text, brand text, kind text, legal_name text, legal_category text, rna text,
    local_register_ref text, idcc text, nda text, previous_nda text, opco_code text, naf text, naf_version text,
    siret_at_agreement text, commune_code text, delegation_id uuid, delegation_reason text, group_id uuid,
    joined_on date, charter_signed_on date, suspended boolean, address text, postal_code text, latitude numeric,
    longitude numeric, email text, phone text, website text, description text, public_listing_consent boolean);
comment on type network.member_sent is 'Body of createMember and row of an import.';

create function network.sent_members(items jsonb) returns table (id uuid, sent network.member_sent)
    language plpgsql immutable rows 1000
    as $$
begin
    -- plpgsql, so that each row is read from its JSON once and not once for every column asked of it
    return query select (item ->> 'id')::uuid, jsonb_populate_record(null::network.member_sent, item -> 'data')
        from jsonb_array_elements(items) item;
end $$;
comment on function network.sent_members(jsonb) is 'Array of {id, data} as rows; id is that of the member.';

-- Looks beyond the territory: another delegation's member may have the same legal person.
create function network.organisations_for(items jsonb) returns table (id uuid, organisation_id uuid)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
#variable_conflict use_column
begin
    if session.caller() not in ('NATIONAL', 'DELEGATION', '') then
        perform engine.refuse('not_yours_to_change', 'legal persons are entered by the offices');
    end if;
    insert into network.organisation (siren, legal_name, legal_category, rna, local_register_ref, idcc, nda,
        previous_nda, opco_code)
    select distinct on (siren) siren, coalesce((sent).legal_name, (sent).name), (sent).legal_category, (sent).rna,
        (sent).local_register_ref, (sent).idcc, (sent).nda, (sent).previous_nda, (sent).opco_code
    from (select left(identifier.normal('SIRET', (sent).siret), 9) as siren, sent
          from network.sent_members(items)) s
    where siren is not null
    on conflict on constraint organisation_siren_key do nothing;

    -- what is not yet known of a legal person that the caller sees
    update network.organisation o set legal_category = coalesce(o.legal_category, (s.sent).legal_category),
        rna = coalesce(o.rna, (s.sent).rna), idcc = coalesce(o.idcc, (s.sent).idcc),
        nda = coalesce(o.nda, (s.sent).nda), opco_code = coalesce(o.opco_code, (s.sent).opco_code),
        local_register_ref = coalesce(o.local_register_ref, (s.sent).local_register_ref)
    from network.sent_members(items) s
    where o.siren = left(identifier.normal('SIRET', (s.sent).siret), 9)
      and (session.caller() <> 'DELEGATION' or exists (
          select from network.member m where m.organisation_id = o.id and network.may_write(m.id)));

    return query
    with nameless as materialized (
        select s.id, engine.uuid_v7() as organisation_id, s.sent
        from network.sent_members(items) s where (s.sent).siret is null
    ), made as (
        insert into network.organisation (id, legal_name, legal_category, rna, local_register_ref, idcc, nda,
            previous_nda, opco_code)
        select organisation_id, coalesce((sent).legal_name, (sent).name), (sent).legal_category, (sent).rna,
            (sent).local_register_ref, (sent).idcc, (sent).nda, (sent).previous_nda, (sent).opco_code
        from nameless
    )
    select n.id, n.organisation_id from nameless n
    union all
    select s.id, o.id from network.sent_members(items) s
    join network.organisation o on o.siren = left(identifier.normal('SIRET', (s.sent).siret), 9);
end $$;
comment on function network.organisations_for(jsonb) is
    'Finds or makes the legal person of each item by SIREN; fills in what is not yet known, overwrites nothing.';

-- Looks beyond the territory: a member's earlier days may belong to a delegation of the former map.
create function network.place_members(items jsonb) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    if exists (select from network.sent_members(items) s where (s.sent).delegation_id is not null and not exists (
        select from network.delegation g where g.id = (s.sent).delegation_id)) then
        perform engine.refuse('member_delegation_known', 'no such delegation');
    end if;
    insert into network.member_delegation (member_id, delegation_id, starts_on, ends_on, reason)
    with fresh as materialized (
        select m.id, m.department_code, least(engine.today(), (s.sent).joined_on) as from_on, g.id as chosen,
            case when g.id is not null then greatest(g.starts_on, least(engine.today(), (s.sent).joined_on)) end
                as chosen_from,
            (s.sent).delegation_reason as reason
        from network.sent_members(items) s
        join network.member m on m.id = s.id
        left join network.delegation g on g.id = (s.sent).delegation_id
            and g.id is distinct from network.delegation_of(m.department_code, engine.today())
        where m.created_at = now() and not exists (
            select from network.member_delegation d where d.member_id = m.id)
    )
    select id, chosen, chosen_from, null, reason from fresh where chosen is not null
    union all
    select f.id, d.delegation_id, d.starts_on, least(d.ends_on, f.chosen_from - 1), null
    from fresh f cross join lateral network.default_delegations(f.department_code, f.from_on) d
    where f.chosen is null or d.starts_on < f.chosen_from
    union all
    select id, session.delegation_id(), from_on, null, 'Candidature sans commune'
    from fresh where chosen is null and department_code is null and session.caller() = 'DELEGATION';

    if exists (
        select from network.sent_members(items) s join network.member m on m.id = s.id
        where m.commune_code is not null and not exists (
            select from network.member_delegation d where d.member_id = m.id and d.during @> engine.today())) then
        perform engine.refuse('delegation_required', 'the region has no delegation: choose one and say why');
    elsif session.caller() = 'DELEGATION' and exists (
        select from network.sent_members(items) s where not network.may_write(s.id)) then
        perform engine.refuse('outside_territory', 'the member would belong to another delegation');
    end if;
end $$;
comment on function network.place_members(jsonb) is
    'Delegations of members made in this transaction: those of the region from the first day on, or the chosen one.';

create function network.store_members(items jsonb) returns void
    language plpgsql volatile
    as $$
declare
    lacking text;
begin
    select case when (sent).name is null then 'member_name_required' else 'member_kind_required' end into lacking
    from network.sent_members(items) where (sent).name is null or (sent).kind is null limit 1;
    if lacking is not null then
        perform engine.refuse(lacking, 'a new member needs a name and a kind');
    end if;
    insert into network.member (id, organisation_id, siret, siret_at_agreement, name, brand, kind, group_id, naf,
        naf_version, commune_code, address, postal_code, latitude, longitude, email, phone, website, description,
        public_listing_consent)
    select s.id, o.organisation_id, (sent).siret, (sent).siret_at_agreement, (sent).name, (sent).brand, (sent).kind,
        (sent).group_id, (sent).naf, (sent).naf_version, (sent).commune_code, (sent).address, (sent).postal_code,
        (sent).latitude, (sent).longitude, (sent).email, (sent).phone, (sent).website, (sent).description,
        coalesce((sent).public_listing_consent, false)
    from network.sent_members(items) s join network.organisations_for(items) o on o.id = s.id;
    perform network.place_members(items);
    insert into network.membership (member_id, starts_on, charter_signed_on)
    select id, (sent).joined_on, (sent).charter_signed_on from network.sent_members(items)
    where (sent).joined_on is not null;
    insert into network.suspension (member_id, starts_on)
    select id, engine.today() from network.sent_members(items) where (sent).suspended;
    if exists (select from network.sent_members(items) s where not network.is_covered(s.id)) then
        perform engine.refuse('delegation_required', 'some days of membership have no delegation');
    end if;
end $$;
comment on function network.store_members(jsonb) is
    'New members of [{id, data}] with legal person, delegation, first membership; all or nothing.';

create function network.create_member(body jsonb) returns setof network.member_row
    language plpgsql volatile
    as $$
declare
    member uuid := engine.uuid_v7();
begin
    perform network.store_members(jsonb_build_array(jsonb_build_object('id', member, 'data', body)));
    return query select * from network.member_at(engine.today()) m where m.id = member;
end $$;
comment on function network.create_member(jsonb) is 'createMember: the new member as shown today.';

create function network.suspend_members(items jsonb) returns void
    language plpgsql volatile
    as $$
begin
    insert into network.suspension (member_id, starts_on)
    select id, engine.today() from network.sent_members(items) s
    where (sent).suspended and not exists (
        select from network.suspension x where x.member_id = s.id and (x.ends_on is null or x.ends_on >= engine.today()));
    delete from network.suspension x using network.sent_members(items) s
    where x.member_id = s.id and not (s.sent).suspended and x.starts_on >= engine.today();
    update network.suspension x set ends_on = engine.today() - 1
    from network.sent_members(items) s
    where x.member_id = s.id and not (s.sent).suspended and (x.ends_on is null or x.ends_on >= engine.today());
end $$;
comment on function network.suspend_members(jsonb) is 'Suspends from today, or ends a suspension yesterday, where data says so.';

create function network.patch_members(items jsonb) returns uuid[]
    language plpgsql volatile
    as $$
declare
    changed uuid[];
    facts constant text[] := array['legal_name', 'legal_category', 'rna', 'local_register_ref', 'idcc', 'nda',
        'previous_nda', 'opco_code'];
    before jsonb;
    movers jsonb;
begin
    select jsonb_object_agg(m.id, m.version) into before
    from network.member m where m.id in (select id from network.sent_members(items));

    -- a SIRET of another SIREN: the legal person is another one
    select jsonb_agg(jsonb_build_object('id', m.id, 'data',
        jsonb_strip_nulls(to_jsonb(o)) || jsonb_build_object('name', m.name) || (i -> 'data'))) into movers
    from jsonb_array_elements(items) i
    join network.member m on m.id = (i ->> 'id')::uuid join network.organisation o on o.id = m.organisation_id
    where i #>> '{data,siret}' is not null
      and left(identifier.normal('SIRET', i #>> '{data,siret}'), 9) is distinct from o.siren;
    if movers is not null then
        update network.member m set organisation_id = f.organisation_id, siret = (s.sent).siret
        from network.organisations_for(movers) f join network.sent_members(items) s on s.id = f.id
        where m.id = f.id;
    end if;

    update network.member m set (siret, siret_at_agreement, name, brand, kind, group_id, naf, naf_version,
        commune_code, address, postal_code, latitude, longitude, email, phone, website, description,
        public_listing_consent) = (
        select r.siret, r.siret_at_agreement, r.name, r.brand, r.kind, r.group_id, r.naf, r.naf_version,
            r.commune_code, r.address, r.postal_code, r.latitude, r.longitude, r.email, r.phone, r.website,
            r.description, r.public_listing_consent
        from jsonb_populate_record(m, i -> 'data') r)
    from jsonb_array_elements(items) i where m.id = (i ->> 'id')::uuid;

    update network.organisation o set (legal_name, legal_category, rna, local_register_ref, idcc, nda, previous_nda,
        opco_code) = (
        select coalesce(r.legal_name, o.legal_name), r.legal_category, r.rna, r.local_register_ref, r.idcc, r.nda,
            r.previous_nda, r.opco_code
        from jsonb_populate_record(o, i -> 'data') r)
    from jsonb_array_elements(items) i join network.member m on m.id = (i ->> 'id')::uuid
    where o.id = m.organisation_id and (i -> 'data') ?| facts;

    perform network.suspend_members((select jsonb_agg(i) from jsonb_array_elements(items) i
        where jsonb_typeof(i #> '{data,suspended}') = 'boolean'));
    perform network.follow_region(array(select id from network.sent_members(items)));

    select array_agg(m.id) into changed from network.member m
    where m.id in (select id from network.sent_members(items)) and m.version <> (before ->> m.id::text)::integer;
    return coalesce(changed, '{}');
end $$;
comment on function network.patch_members(jsonb) is
    'Merge patches of [{id, data}] on members and their legal persons; answers those whose version rose.';

create function network.follow_region(members uuid[]) returns void
    language plpgsql volatile
    as $$
declare
    moved record;
begin
    for moved in
        select m.id, network.delegation_of(m.department_code, engine.today()) as region_delegation
        from network.member m left join network.member_delegation d on d.member_id = m.id and d.is_primary
            and d.starts_on <= engine.today() and (d.ends_on is null or d.ends_on >= engine.today())
        where m.id = any (members) and d.reason is null and m.department_code is not null
          and d.delegation_id is distinct from network.delegation_of(m.department_code, engine.today()) loop
        if moved.region_delegation is null then
            perform engine.refuse('delegation_required', 'the new region has no delegation: choose one first');
        end if;
        perform network.assign_delegation(moved.id,
            jsonb_build_object('delegation_id', moved.region_delegation, 'starts_on', engine.today()));
    end loop;
end $$;
comment on function network.follow_region(uuid[]) is
    'After a commune changed: members without a chosen delegation go to that of their new region, from today.';

create function network.update_member(member uuid, if_match bigint, body jsonb) returns setof network.member_row
    language plpgsql volatile
    as $$
begin
    -- the lock is the test: of two that hold the same version the second finds another one
    perform from network.member m where m.id = member and m.version = if_match for update;
    if not found then
        return;
    end if;
    if session.caller() = 'STRUCTURE' and body ? 'suspended' then
        perform engine.refuse('not_yours_to_change', 'suspension is for the offices', '{"property": "suspended"}');
    end if;
    perform network.patch_members(jsonb_build_array(jsonb_build_object('id', member, 'data', body)));
    return query select * from network.member_at(engine.today()) m where m.id = member;
end $$;
comment on function network.update_member(uuid, bigint, jsonb) is
    'updateMember: the member as shown today; no row when the version is another or the member is not seen.';

-- --- memberships ---

create function network.add_membership(member uuid, body jsonb) returns setof network.membership
    language plpgsql volatile
    as $$
declare
    added uuid := engine.uuid_v7();
begin
    perform network.visible_member(member);
    perform from network.member m where m.id = member for update;
    if not found then
        perform engine.refuse('not_yours_to_change', 'memberships are entered by the offices');
    end if;
    insert into network.membership (id, member_id, starts_on, ends_on, origin, end_reason, charter_signed_on,
        charter_version, decided_on, delegation_opinion)
    select added, member, r.starts_on, r.ends_on, r.origin, r.end_reason, r.charter_signed_on, r.charter_version,
        r.decided_on, r.delegation_opinion
    from jsonb_populate_record(null::network.membership, body) r;
    perform network.cover_members(array[member]);
    return query select * from network.membership p where p.id = added;
end $$;
comment on function network.add_membership(uuid, jsonb) is 'addMembership: the new period.';

-- Looks beyond the territory: the days before the first assignment may belong to a delegation of the former map.
create function network.cover_members(members uuid[]) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
    as $$
begin
    insert into network.member_delegation (member_id, delegation_id, starts_on, ends_on)
    select m.id, d.delegation_id, d.starts_on, least(d.ends_on, known.starts_on - 1)
    from network.member m
    cross join lateral (select min(p.starts_on) as starts_on from network.membership p where p.member_id = m.id) needed
    cross join lateral (
        select min(a.starts_on) as starts_on from network.member_delegation a where a.member_id = m.id and a.is_primary) known
    cross join lateral network.default_delegations(m.department_code, needed.starts_on) d
    where m.id = any (members) and needed.starts_on < coalesce(known.starts_on, 'infinity')
      and d.starts_on < coalesce(known.starts_on, 'infinity');
end $$;
comment on function network.cover_members(uuid[]) is
    'Days of membership before the first assignment go to the delegations of the region of those days.';

-- --- which delegation ---

-- Runs with the owner's rights: giving a member away ends the giver's own sight of it in the middle.
create function network.assign_delegation(member uuid, body jsonb) returns setof network.member_delegation
    language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    sent network.member_delegation := jsonb_populate_record(null::network.member_delegation, body);
    old_row network.member_delegation;
    added uuid := engine.uuid_v7();
    wanted daterange;
begin
    if session.caller() <> '' and not network.may_write(member) then
        raise exception using errcode = 'MA404', message = 'no such member for this caller';
    end if;
    if not exists (select from network.delegation d where d.id = sent.delegation_id) then
        perform engine.refuse('member_delegation_known', 'no such delegation');
    elsif sent.ends_on < sent.starts_on then
        perform engine.refuse('member_delegation_dates_order', 'the last day is before the first');
    end if;
    wanted := engine.period(sent.starts_on, sent.ends_on);
    perform from network.member m where m.id = member for update;
    if coalesce(sent.is_primary, true) then
        for old_row in select * from network.member_delegation d
            where d.member_id = member and d.is_primary and d.during && wanted order by d.starts_on loop
            if old_row.starts_on < sent.starts_on then
                update network.member_delegation set ends_on = sent.starts_on - 1 where id = old_row.id;
            else
                delete from network.member_delegation where id = old_row.id;
            end if;
            if coalesce(old_row.ends_on, 'infinity') > coalesce(sent.ends_on, 'infinity') then
                insert into network.member_delegation (member_id, delegation_id, starts_on, ends_on, reason)
                values (member, old_row.delegation_id, sent.ends_on + 1, old_row.ends_on, old_row.reason);
            end if;
        end loop;
    end if;
    insert into network.member_delegation (id, member_id, delegation_id, is_primary, starts_on, ends_on, reason)
    values (added, member, sent.delegation_id, coalesce(sent.is_primary, true), sent.starts_on, sent.ends_on, sent.reason);
    return query select * from network.member_delegation d where d.id = added;
end $$;
comment on function network.assign_delegation(uuid, jsonb) is
    'assignMemberDelegation: a primary one ends what ran on those days; the former runs on after a bounded one.';

-- --- activities and contacts ---

create function network.add_activity(member uuid, body jsonb) returns setof network.activity
    language sql volatile
    as $$
    insert into network.activity (member_id, kind, siret, starts_on, ends_on)
    select network.visible_member(member), r.kind, identifier.normal('SIRET', r.siret), r.starts_on, r.ends_on
    from jsonb_populate_record(null::network.activity, body) r
    returning *
    $$;
comment on function network.add_activity(uuid, jsonb) is 'addMemberActivity: the new activity.';

create function network.one_main_contact() returns trigger
    language plpgsql
    as $$
begin
    if new.is_main and new.ended_on is null then
        update network.contact set is_main = false
        where member_id = new.member_id and is_main and ended_on is null and id <> new.id;
    end if;
    return new;
end $$;
comment on function network.one_main_contact() is 'A new main contact takes the place of the one before.';
create trigger contact_10_one_main before insert or update on network.contact
    for each row when (new.is_main) execute function network.one_main_contact();

create function network.add_contact(member uuid, body jsonb) returns setof network.contact
    language sql volatile
    as $$
    insert into network.contact (member_id, given_name, family_name, role, email, phone, is_main)
    select network.visible_member(member), r.given_name, r.family_name, r.role, r.email, r.phone,
        coalesce(r.is_main, false)
    from jsonb_populate_record(null::network.contact, body) r
    returning *
    $$;
comment on function network.add_contact(uuid, jsonb) is 'addMemberContact: the new contact.';

-- --- delegations ---

create function network.succeed(former uuid, latter uuid, region text, from_day date) returns void
    language plpgsql volatile
    as $$
begin
    insert into network.delegation_succession (from_id, to_id, region_code, on_date)
    values (former, latter, region, from_day);
    delete from network.delegation_region where delegation_id = former and starts_on >= from_day
        and (region is null or region_code = region);
    update network.delegation_region set ends_on = from_day - 1
    where delegation_id = former and coalesce(ends_on, 'infinity') >= from_day
      and (region is null or region_code = region);
end $$;
comment on function network.succeed(uuid, uuid, text, date) is
    'Notes a succession and ends the former body''s territory, or that one region of it, the day before.';

-- Runs with the owner's rights: removed members, which nobody sees, go along.
create function network.hand_over(former uuid, latter uuid, region text, from_day date) returns integer
    language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    moving network.member_delegation[];
begin
    if session.caller() not in ('NATIONAL', '') then
        perform engine.refuse('not_yours_to_change', 'delegations are for the federation');
    end if;
    moving := array(
        select d from network.member_delegation d join network.member m on m.id = d.member_id
        where d.delegation_id = former and coalesce(d.ends_on, 'infinity') >= from_day
          and (region is null or reference.region_of(m.department_code, from_day) = region));
    delete from network.member_delegation d using unnest(moving) x where d.id = x.id and d.starts_on >= from_day;
    update network.member_delegation d set ends_on = from_day - 1 from unnest(moving) x where d.id = x.id;
    insert into network.member_delegation (member_id, delegation_id, is_primary, starts_on, ends_on, reason)
    select x.member_id, latter, x.is_primary, greatest(x.starts_on, from_day), x.ends_on,
        coalesce(x.reason, case when x.is_primary and latter is distinct from network.delegation_of(
            m.department_code, greatest(x.starts_on, from_day)) then 'Succession de délégations' end)
    from unnest(moving) x join network.member m on m.id = x.member_id;
    return cardinality(moving);
end $$;
comment on function network.hand_over(uuid, uuid, text, date) is
    'Members of the former body go to the latter by dated rows, never by changing a row; answers how many.';

create function network.set_territory(delegation uuid, regions jsonb) returns void
    language plpgsql volatile
    as $$
begin
    delete from network.delegation_region r
    where r.delegation_id = delegation and not exists (
        select from jsonb_to_recordset(regions) s (region_code text, starts_on date, ends_on date)
        where (s.region_code, s.starts_on) = (r.region_code, r.starts_on));
    update network.delegation_region r set ends_on = s.ends_on
    from jsonb_to_recordset(regions) s (region_code text, starts_on date, ends_on date)
    where r.delegation_id = delegation and (s.region_code, s.starts_on) = (r.region_code, r.starts_on)
      and r.ends_on is distinct from s.ends_on;
    insert into network.delegation_region (delegation_id, region_code, starts_on, ends_on)
    select delegation, s.region_code, s.starts_on, s.ends_on
    from jsonb_to_recordset(regions) s (region_code text, starts_on date, ends_on date)
    where not exists (select from network.delegation_region r where r.delegation_id = delegation
        and (s.region_code, s.starts_on) = (r.region_code, r.starts_on));
end $$;
comment on function network.set_territory(uuid, jsonb) is 'Makes the dated territory equal to the list; equal rows stay.';

create function network.set_predecessors(delegation uuid, predecessors jsonb, regions jsonb) returns void
    language plpgsql volatile
    as $$
declare
    part record;
    fresh jsonb;
begin
    if predecessors is not null then
        delete from network.delegation_succession x
        where x.to_id = delegation and not exists (
            select from jsonb_to_recordset(predecessors) s (delegation_id uuid, region_code text, succeeded_on date)
            where (s.delegation_id, s.succeeded_on) = (x.from_id, x.on_date)
              and s.region_code is not distinct from x.region_code);
        select jsonb_agg(p) into fresh from jsonb_array_elements(predecessors) p
        where not exists (select from network.delegation_succession x where x.to_id = delegation
            and x.from_id = (p ->> 'delegation_id')::uuid and x.on_date = (p ->> 'succeeded_on')::date
            and x.region_code is not distinct from p ->> 'region_code');
    end if;
    for part in select * from jsonb_to_recordset(fresh) s (delegation_id uuid, region_code text, succeeded_on date) loop
        perform network.succeed(part.delegation_id, delegation, part.region_code, part.succeeded_on);
    end loop;
    if regions is not null then
        perform network.set_territory(delegation, regions);
    end if;
    for part in select * from jsonb_to_recordset(fresh) s (delegation_id uuid, region_code text, succeeded_on date) loop
        perform network.hand_over(part.delegation_id, delegation, part.region_code, part.succeeded_on);
        update network.delegation d set ends_on = part.succeeded_on - 1
        where d.id = part.delegation_id and coalesce(d.ends_on, 'infinity') >= part.succeeded_on
          and d.starts_on < part.succeeded_on
          and not exists (select from network.delegation_region r where r.delegation_id = d.id
                and coalesce(r.ends_on, 'infinity') >= part.succeeded_on)
          and not exists (select from network.member_delegation m where m.delegation_id = d.id
                and coalesce(m.ends_on, 'infinity') >= part.succeeded_on);
    end loop;
end $$;
comment on function network.set_predecessors(uuid, jsonb, jsonb) is
    'Successions and territory together: former bodies give up their regions, then the new rows, then the members follow.';

create function network.create_delegation(body jsonb) returns setof network.delegation_row
    language plpgsql volatile
    as $$
declare
    added uuid := engine.uuid_v7();
begin
    insert into network.delegation (id, slug, name, legal_form, starts_on, ends_on, email, phone, website, address)
    select added, r.slug, r.name, r.legal_form, r.starts_on, r.ends_on, r.email, r.phone, r.website, r.address
    from jsonb_populate_record(null::network.delegation, body) r;
    perform network.set_predecessors(added, nullif(body -> 'predecessors', 'null'), nullif(body -> 'regions', 'null'));
    return query select * from network.delegation_at(engine.today()) d where d.id = added;
end $$;
comment on function network.create_delegation(jsonb) is 'createDelegation: the new one as shown today.';

create function network.update_delegation(delegation uuid, if_match bigint, body jsonb)
    returns setof network.delegation_row
    language plpgsql volatile
    as $$
begin
    perform from network.delegation d where d.id = delegation and d.version = if_match for update;
    if not found then
        return;
    end if;
    -- the territory first: it must lie within the dates that hold at the end
    update network.delegation d set (slug, name, legal_form, starts_on, email, phone, website, address) = (
        select r.slug, r.name, r.legal_form, r.starts_on, r.email, r.phone, r.website, r.address
        from jsonb_populate_record(d, body) r)
    where d.id = delegation;
    if body ? 'ends_on' then
        update network.delegation_region r set ends_on = (body ->> 'ends_on')::date
        where r.delegation_id = delegation and coalesce(r.ends_on, 'infinity') > (body ->> 'ends_on')::date
          and r.starts_on <= (body ->> 'ends_on')::date and not body ? 'regions';
        update network.delegation d set ends_on = (body ->> 'ends_on')::date where d.id = delegation;
    end if;
    perform network.set_predecessors(delegation, nullif(body -> 'predecessors', 'null'),
        nullif(body -> 'regions', 'null'));
    return query select * from network.delegation_at(engine.today()) d where d.id = delegation;
end $$;
comment on function network.update_delegation(uuid, bigint, jsonb) is
    'updateDelegation: as shown today; no row when the version is another. An end also ends its territory.';

-- --- appointments ---

create view network.appointments with (security_invoker) as
select a.id, a.version, a.person_id, p.given_name, p.family_name, p.fictitious as is_fictitious, a.nature, a.body,
    a.role, a.label, a.college, a.unit, a.delegation_id, d.name as delegation_name, a.full_time_percent, a.elected_on,
    a.starts_on, a.ends_on, p.email, p.phone, a.created_at, a.updated_at
from network.appointment a
join network.person p on p.id = a.person_id
left join network.delegation d on d.id = a.delegation_id;
comment on view network.appointments is 'Appointments as the contract shows them, with person and delegation.';
grant select on network.appointments to maillage_app;

create function network.create_appointment(body jsonb) returns setof network.appointments
    language plpgsql volatile
    as $$
declare
    sent network.appointment := jsonb_populate_record(null::network.appointment, body);
    added uuid := engine.uuid_v7();
begin
    if session.caller() = 'DELEGATION' and sent.delegation_id is distinct from session.delegation_id() then
        perform engine.refuse('outside_territory', 'appointments of other bodies are not its own');
    end if;
    if sent.person_id is null then
        if body ->> 'family_name' is null or body ->> 'given_name' is null then
            perform engine.refuse('person_required', 'a known person or the name of a new one');
        end if;
        sent.person_id := engine.uuid_v7();
        insert into network.person (id, given_name, family_name, email, phone)
        values (sent.person_id, body ->> 'given_name', body ->> 'family_name', body ->> 'email', body ->> 'phone');
    end if;
    insert into network.appointment (id, person_id, nature, body, role, label, college, unit, delegation_id,
        full_time_percent, elected_on, starts_on, ends_on)
    values (added, sent.person_id, sent.nature, sent.body, sent.role, sent.label, sent.college, sent.unit,
        sent.delegation_id, sent.full_time_percent, sent.elected_on, sent.starts_on, sent.ends_on);
    return query select * from network.appointments a where a.id = added;
end $$;
comment on function network.create_appointment(jsonb) is 'createAppointment: the new one, of a known or a new person.';

create function network.update_appointment(appointment uuid, if_match bigint, body jsonb)
    returns setof network.appointments
    language plpgsql volatile
    as $$
begin
    -- seen by every office, written by its own: without this a foreign one would look like a lost race
    if session.caller() = 'DELEGATION' and exists (select from network.appointment a
            where a.id = appointment and a.delegation_id is distinct from session.delegation_id()) then
        perform engine.refuse('outside_territory', 'the appointment belongs to another delegation');
    end if;
    update network.appointment a set (role, label, college, unit, full_time_percent, elected_on, starts_on, ends_on) = (
        select r.role, r.label, r.college, r.unit, r.full_time_percent, r.elected_on, r.starts_on, r.ends_on
        from jsonb_populate_record(a, update_appointment.body) r)
    where a.id = appointment and a.version = if_match;
    if found then
        return query select * from network.appointments a where a.id = appointment;
    end if;
end $$;
comment on function network.update_appointment(uuid, bigint, jsonb) is
    'updateAppointment: as shown; no row when the version is another.';

-- --- keys ---

create function access.revoke(key uuid) returns uuid
    language plpgsql volatile
    as $$
begin
    update access.api_key set revoked_at = now() where id = key and revoked_at is null;
    if not exists (select from access.api_key where id = key) then
        raise exception using errcode = 'MA404', message = 'no such key for this caller';
    end if;
    return key;
end $$;
comment on function access.revoke(uuid) is 'revokeApiKey: ends a key from the next request on; again is no change.';

call engine.set_revision('network_writes');
commit;
