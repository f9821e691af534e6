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

call engine.set_revision('network_reads');
commit;
