-- Members as the contract shows them, on any day.
begin;

create type network.member_row as (
    id uuid, version integer, siret text, siren text, name text collate "fr-x-icu", brand text, kind text,
    is_siae boolean, status text, suspended boolean, organisation_id uuid, legal_name text, legal_category text,
    rna text, local_register_ref text, idcc text, nda text, previous_nda text, opco_code text, naf text,
    naf_version text, siret_at_agreement text, commune_code text, commune_name text, department_code text,
    region_code text, delegation_id uuid, delegation_name text, out_of_region boolean, group_id uuid,
    joined_on date, left_on date, first_joined_on date, address text, postal_code text, latitude numeric,
    longitude numeric, email text, phone text, website text, description text, public_listing_consent boolean,
    warnings jsonb, created_at timestamptz, updated_at timestamptz, search tsvector);
comment on type network.member_row is 'A member as the contract shows it; search is for filters only.';

create function network.member_at(as_of date) returns setof network.member_row
    language sql stable
    as $$
    select m.id, m.version, m.siret, o.siren, m.name, m.brand, m.kind, m.is_siae,
        case when p.starts_on is null then 'APPLICANT'
             when p.ends_on is null or as_of <= p.ends_on then 'ACTIVE'
             when p.end_reason is null and as_of <= p.ends_on + (select network.grace_days(as_of)) then 'GRACE'
             else 'ENDED' end,
        exists (select from network.suspension s where s.member_id = m.id and s.starts_on <= as_of
                and (s.ends_on is null or as_of <= s.ends_on)),
        m.organisation_id, o.legal_name, o.legal_category, o.rna, o.local_register_ref, o.idcc, o.nda,
        o.previous_nda, o.opco_code, m.naf, m.naf_version, m.siret_at_agreement, m.commune_code, c.name,
        m.department_code, m.region_code, d.delegation_id, g.name,
        d.delegation_id is not null and m.region_code is not null and not exists (
            select from network.delegation_region r where r.delegation_id = d.delegation_id
                and r.region_code = coalesce(f.region_code, m.region_code)
                and r.starts_on <= as_of and (r.ends_on is null or as_of <= r.ends_on)),
        m.group_id, p.run_starts_on,
        case when as_of > p.ends_on then p.ends_on end,
        case when p.starts_on is not null then (
            select min(first.starts_on) from network.membership first where first.member_id = m.id) end,
        m.address, m.postal_code, trim_scale(m.latitude), trim_scale(m.longitude), m.email, m.phone, m.website,
        m.description, m.public_listing_consent,
        case when m.kind = 'AI' and o.legal_category not in ('9222', '9220', '9260')
             then '["LEGAL_CATEGORY_UNUSUAL"]'::jsonb else '[]' end
        || case when o.legal_category like '92%' and o.rna is null and o.local_register_ref is null
             then '["RNA_MISSING"]'::jsonb else '[]' end,
        m.created_at, m.updated_at, m.search
    from network.member m
    join network.organisation o on o.id = m.organisation_id
    left join reference.commune c on c.code = m.commune_code
    left join reference.former_region_department f
        on f.department_code = m.department_code and as_of < date '2016-01-01'
    left join network.member_delegation d on d.member_id = m.id and d.is_primary and d.starts_on <= as_of
        and (d.ends_on is null or as_of <= d.ends_on)
    left join network.delegation g on g.id = d.delegation_id
    left join lateral (
        select x.starts_on, x.ends_on, x.end_reason, x.run_starts_on from network.membership x
        where x.member_id = m.id and x.starts_on <= as_of
        order by x.starts_on desc limit 1) p on true
    where m.deleted_at is null
    $$;
comment on function network.member_at(date) is
    'Members with status, dates and delegation as of a day; a plain query that the planner takes apart. '
    'ACTIVE on the last day too; GRACE while not renewed, without a reason, within the grace days; else ENDED.';

-- --- delegations ---

create type network.delegation_row as (
    id uuid, version integer, slug text, name text collate "fr-x-icu", legal_form text, organisation_id uuid,
    starts_on date, ends_on date, region_codes jsonb, regions jsonb, predecessors jsonb, successors jsonb,
    members_count integer, representatives_count integer, team_count integer, email text, phone text, website text,
    address text, created_at timestamptz, updated_at timestamptz);
comment on type network.delegation_row is 'A delegation as the contract shows it.';

-- Runs with the owner's rights: the directory is public, members and people are not; nothing but numbers comes out.
create function network.delegation_counts(delegation uuid, as_of date)
    returns table (members integer, representatives integer, team integer)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select n.members, p.representatives, p.team
    from (select count(*)::integer as members
          from network.member_delegation d join network.membership s on s.member_id = d.member_id
              and s.starts_on <= as_of and (s.ends_on is null or as_of <= s.ends_on)
          where d.delegation_id = delegation and d.is_primary
            and d.starts_on <= as_of and (d.ends_on is null or as_of <= d.ends_on)) n,
        (select (count(distinct a.person_id) filter (where a.body = 'DELEGATION_REPRESENTATIVES'))::integer as representatives,
                (count(distinct a.person_id) filter (where a.body = 'DELEGATION_TEAM'))::integer as team
         from network.appointment a
         where a.delegation_id = delegation and a.starts_on <= as_of
           and (a.ends_on is null or as_of <= a.ends_on)) p
    $$;
comment on function network.delegation_counts(uuid, date) is
    'Active members, representatives and team of a delegation on a day. Members are enterprises: no count is hidden.';

create function network.delegation_at(as_of date) returns setof network.delegation_row
    language sql stable
    as $$
    select d.id, d.version, d.slug, d.name, d.legal_form, d.organisation_id, d.starts_on, d.ends_on,
        coalesce((select jsonb_agg(r.region_code order by r.region_code) from network.delegation_region r
            where r.delegation_id = d.id and r.starts_on <= as_of and (r.ends_on is null or as_of <= r.ends_on)), '[]'),
        coalesce((select jsonb_agg(jsonb_build_object('region_code', r.region_code, 'region_name', g.name,
                'starts_on', r.starts_on, 'ends_on', r.ends_on) order by r.starts_on, r.region_code)
            from network.delegation_region r join reference.region g on g.code = r.region_code
            where r.delegation_id = d.id), '[]'),
        coalesce((select jsonb_agg(jsonb_build_object('delegation_id', f.id, 'name', f.name,
                'region_code', s.region_code, 'succeeded_on', s.on_date) order by s.on_date, f.name)
            from network.delegation_succession s join network.delegation f on f.id = s.from_id
            where s.to_id = d.id), '[]'),
        coalesce((select jsonb_agg(jsonb_build_object('delegation_id', t.id, 'name', t.name,
                'region_code', s.region_code, 'succeeded_on', s.on_date) order by s.on_date, t.name)
            from network.delegation_succession s join network.delegation t on t.id = s.to_id
            where s.from_id = d.id), '[]'),
        n.members, n.representatives, n.team, d.email, d.phone, d.website, d.address, d.created_at, d.updated_at
    from network.delegation d cross join lateral network.delegation_counts(d.id, as_of) n
    $$;
comment on function network.delegation_at(date) is 'Delegations with territory, successions and numbers as of a day.';

create function network.covers(delegation uuid, regions text[], as_of date) returns boolean
    language sql stable
    as $$
    select exists (
        select from network.delegation_region r
        where r.delegation_id = delegation and r.starts_on <= as_of and (r.ends_on is null or as_of <= r.ends_on)
          and (r.region_code = any (regions) or r.region_code in (
              select reference.region_of(d.code, as_of) from reference.department d
              where d.region_code = any (regions))))
    $$;
comment on function network.covers(uuid, text[], date) is
    'True when the delegation holds one of the regions on that day; before 2016 also a former part of one.';

-- --- what must exist for its parts to be listed ---

create function network.visible_member(member uuid) returns uuid
    language plpgsql stable
    as $$
begin
    if not exists (select from network.member x where x.id = member) then
        raise exception using errcode = 'MA404', message = 'none that this caller can see';
    end if;
    return member;
end $$;
comment on function network.visible_member(uuid) is 'The member itself, or MA404 when the caller cannot see it.';

create function network.known_delegation(delegation uuid) returns uuid
    language plpgsql stable
    as $$
begin
    if not exists (select from network.delegation x where x.id = delegation) then
        raise exception using errcode = 'MA404', message = 'none that this caller can see';
    end if;
    return delegation;
end $$;
comment on function network.known_delegation(uuid) is 'The delegation itself, or MA404 when the caller cannot see it.';

create function network.visible_appointment(appointment uuid) returns uuid
    language plpgsql stable
    as $$
begin
    if not exists (select from network.appointment x where x.id = appointment) then
        raise exception using errcode = 'MA404', message = 'none that this caller can see';
    end if;
    return appointment;
end $$;
comment on function network.visible_appointment(uuid) is 'The appointment itself, or MA404 when the caller cannot see it.';

create function network.known_group(economic_group uuid) returns uuid
    language plpgsql stable
    as $$
begin
    if not exists (select from network.economic_group x where x.id = economic_group) then
        raise exception using errcode = 'MA404', message = 'none that this caller can see';
    end if;
    return economic_group;
end $$;
comment on function network.known_group(uuid) is 'The group itself, or MA404 when the caller cannot see it.';

-- --- what include= adds to a member, as the caller sees it ---

create function network.included_delegation(delegation uuid) returns jsonb
    language sql stable
    as $$
    select jsonb_build_object('id', d.id, 'name', d.name, 'slug', d.slug)
    from network.delegation d where d.id = delegation
    $$;
comment on function network.included_delegation(uuid) is 'id, name and slug of a delegation; null for none.';

create function network.included_memberships(member uuid) returns jsonb
    language sql stable
    as $$
    select jsonb_build_object(
        'data', coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'version', p.version, 'starts_on', p.starts_on,
            'ends_on', p.ends_on, 'origin', p.origin, 'end_reason', p.end_reason) order by p.starts_on desc)
            filter (where p.place <= 10), '[]'),
        'has_more', count(*) > 10)
    from (
        select x.*, row_number() over (order by x.starts_on desc) as place
        from network.membership x where x.member_id = member
        order by x.starts_on desc limit 11) p
    $$;
comment on function network.included_memberships(uuid) is 'The ten last periods of a member, and whether there are more.';

-- --- identifiers ---

create function network.check_identifier(kind text, value text)
    returns table (normalised text, valid boolean, rule text, fault text, detail text, derived jsonb)
    language plpgsql stable
    as $$
declare
    normal text := identifier.normal(kind, btrim(value));
    place reference.commune;
begin
    fault := identifier.fault(kind, normal);
    derived := '{}';
    rule := case
        when kind = 'SIREN' then 'luhn'
        when kind = 'SIRET' then case when identifier.siret_rule(normal) = 'LAPOSTE_MOD5'
            or normal ~ '^356000000[0-9]{5}$' and fault is not null then 'laposte_mod5' else 'luhn' end
        when kind = 'VAT' then 'vat_mod97'
        when kind = 'COMMUNE' then 'official_list'
        else 'pattern' end;
    if kind = 'COMMUNE' and fault is null then
        select * into place from reference.commune c where c.code = normal;
        if place.code is null then
            fault := 'commune-unknown';
        else
            select jsonb_build_object('commune_name', place.name, 'department_code', d.code, 'department_name', d.name,
                'region_code', r.code, 'region_name', r.name,
                'delegation_id', network.delegation_of(d.code, engine.today())) into derived
            from reference.department d join reference.region r on r.code = place.region_code
            where d.code = place.department_code;
        end if;
    elsif fault is null and kind in ('SIREN', 'SIRET') then
        derived := jsonb_build_object('siren', left(normal, 9), 'vat', identifier.vat_of(left(normal, 9)));
    elsif fault is null and kind = 'VAT' then
        derived := jsonb_build_object('siren', right(normal, 9));
    end if;
    detail := case
        when fault is null then null
        when fault = 'rna-form' then
            'W suivi de neuf caractères ; une association d’Alsace-Moselle a un numéro de registre local.'
        when fault = 'commune-unknown' then 'Code absent de la liste officielle de l’année chargée.'
        when fault like '%-null' then 'Un numéro fait de zéros ne désigne personne.'
        when fault like '%-checksum' then 'La clé de contrôle est fausse.'
        else 'La forme est fausse.' end;
    valid := fault is null;
    normalised := case when valid then normal end;
    return next;
end $$;
comment on function network.check_identifier(text, text) is
    'checkIdentifier: normal form, rule applied, fault, and what follows (SIREN, VAT, place, delegation today).';

call engine.set_revision('network_reads');
commit;
