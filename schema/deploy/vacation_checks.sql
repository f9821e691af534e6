-- What a project amounts to, what the envelope has left, and every rule of the convention told as a check: readable
-- at any time, on a draft too, and the same rows refuse a submission.
begin;

-- --- sums of a project ---

create view vacation.facts with (security_invoker) as
select p.id as project_id, p.returns_on - p.departs_on as nights, p.returns_on - p.departs_on + 1 as days,
    coalesce(b.people, 0) as people, coalesce(b.single_adults, 0) as single_adults,
    coalesce(b.people, 0) - coalesce(b.single_adults, 0) - coalesce(b.staff, 0) as family_people,
    coalesce(b.staff, 0) as staff, coalesce(b.households, 0) as households,
    coalesce(l.planned_costs, 0) as planned_costs, coalesce(l.planned_funding, 0) as planned_funding,
    coalesce(l.requested, 0) as requested, coalesce(l.own_contribution, 0) as own_contribution,
    coalesce(l.other_funders, 0) as other_funders, l.actual_costs, l.actual_funding,
    coalesce(v.ordered, 0) as ordered, coalesce(v.delivered, 0) as delivered, coalesce(v.returned, 0) as returned,
    case when p.state = 'CANCELLED' or p.state = 'CLOSED' and (v.delivered > 0 or p.departed_people = 0)
            then coalesce(v.delivered, 0) - coalesce(v.returned, 0)
         when p.state in ('APPROVED', 'VOUCHERS_ORDERED', 'DELIVERED', 'STAY_DONE', 'CLOSED')
            then p.granted_cents - coalesce(v.returned, 0)
         else 0 end as committed
from vacation.project p
left join lateral (
    select sum(h.size)::integer as people, sum(h.size) filter (where h.is_staff)::integer as staff,
        count(*) filter (where not h.is_staff)::integer as households,
        count(*) filter (where not h.is_staff and h.size = 1)::integer as single_adults
    from (select x.role = 'ACCOMPANYING_STAFF' as is_staff, count(*) as size
          from vacation.beneficiary x where x.project_id = p.id
          group by x.role = 'ACCOMPANYING_STAFF', case when x.role <> 'ACCOMPANYING_STAFF'
              then x.household_no end) h) b on true
left join lateral (
    select sum(x.planned_cents) filter (where x.side = 'COST') as planned_costs,
        sum(x.planned_cents) filter (where x.side = 'FUNDING') as planned_funding,
        sum(x.planned_cents) filter (where x.side = 'FUNDING' and x.kind = 'ANCV') as requested,
        sum(x.planned_cents) filter (where x.side = 'FUNDING' and x.kind = 'OWN_CONTRIBUTION') as own_contribution,
        sum(x.planned_cents) filter (where x.side = 'FUNDING'
            and x.kind not in ('ANCV', 'OWN_CONTRIBUTION')) as other_funders,
        sum(x.actual_cents) filter (where x.side = 'COST') as actual_costs,
        sum(x.actual_cents) filter (where x.side = 'FUNDING') as actual_funding
    from vacation.budget_line x where x.project_id = p.id) l on true
left join lateral (
    select sum(x.amount_cents) filter (where x.kind = 'ORDERED') as ordered,
        sum(x.amount_cents) filter (where x.kind = 'DELIVERED') as delivered,
        sum(x.amount_cents) filter (where x.kind = 'RETURNED') as returned
    from vacation.voucher_move x where x.project_id = p.id) v on true;
comment on view vacation.facts is
    'Sums of a project, cents. A household of one is a single adult, of two or more a family; staff is neither. committed is '
    'what the envelope does without: granted − returned; once it is over (cancelled, or closed after a delivery or with nobody '
    'gone) what was delivered and not returned.';

-- --- the envelope ---

create function vacation.committed(convention uuid, delegation uuid default null) returns bigint
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select coalesce(sum(f.committed), 0)::bigint
    from vacation.project p join vacation.facts f on f.project_id = p.id
    where p.convention_id = committed.convention and (committed.delegation is null
        or p.delegation_id = committed.delegation)
    $$;
comment on function vacation.committed(uuid, uuid) is
    'Cents of the envelope in use, of all structures or of one delegation. Beyond the territory: a sum only.';

create function vacation.left_for(convention uuid, delegation uuid) returns bigint
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select least(c.envelope_cents - vacation.committed(c.id),
        (select q.amount_cents - vacation.committed(c.id, q.delegation_id) from vacation.quota q
         where q.convention_id = c.id and q.delegation_id = left_for.delegation))
    from vacation.convention c where c.id = left_for.convention
    $$;
comment on function vacation.left_for(uuid, uuid) is
    'Cents that a project of this delegation may still get: what the envelope has left, or its quota if that is less.';

-- --- one aid per person and year ---

create function vacation.normal_name(name text) returns text
    language sql stable
    as $$ select regexp_replace(lower(public.unaccent('public.unaccent'::regdictionary,
        normalize(coalesce(name, ''), NFKC))), '[^[:alnum:]]', '', 'g') $$;
comment on function vacation.normal_name(text) is
    'Letters and digits only, lower case, no accents: what two ways to write a name have in common.';

create function vacation.person_hash(given_name text, family_name text, birth_date date) returns bytea
    language sql stable
    as $$
    select keyed.hash('vacation.person', vacation.normal_name(family_name) || '|' || vacation.normal_name(given_name)
        || '|' || birth_date)
    $$;
comment on function vacation.person_hash(text, text, date) is
    'Key of a person: the same for every structure, of no use without the secret.';

create function vacation.aids(project uuid) returns table (beneficiary_id uuid, same_year integer, earlier integer)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select k.beneficiary_id,
        count(*) filter (where extract(year from o.departs_on) = extract(year from p.departs_on))::integer,
        count(*) filter (where extract(year from o.departs_on) < extract(year
            from coalesce(p.departs_on, engine.today())))::integer
    from vacation.person_key k
    join vacation.project p on p.id = k.project_id
    left join vacation.person_key s on s.key = k.key and s.project_id <> k.project_id
    left join vacation.project o on o.id = s.project_id
        and o.state in ('APPROVED', 'VOUCHERS_ORDERED', 'DELIVERED', 'STAY_DONE', 'CLOSED')
    where k.project_id = aids.project
    group by k.beneficiary_id
    $$;
comment on function vacation.aids(uuid) is
    'How often each person of the project was helped, anywhere, in the calendar year of the departure and before '
    'it: numbers, never by whom.';

-- --- the checks ---

create type vacation.check_row as (
    rule text, ok boolean, severity text, value numeric, "limit" numeric, unit text, sentence text, more jsonb);
comment on type vacation.check_row is 'One rule on one project; more holds figures of its own for the refusal.';

create function vacation.euros(cents numeric) returns text
    language sql immutable
    as $$ select translate(ltrim(to_char(cents / 100, 'FM999G999G999G990D00')), '.,', ', ') || ' €' $$;
comment on function vacation.euros(numeric) is 'Amount as French people write it: 1 140,00 €.';

create function vacation.late_reports(member uuid, but_not uuid) returns integer
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select count(*)::integer from vacation.project p join vacation.convention c on c.id = p.convention_id
    where p.member_id = late_reports.member and p.id is distinct from but_not and p.reported_at is null
      and p.state in ('APPROVED', 'VOUCHERS_ORDERED', 'DELIVERED', 'STAY_DONE')
      and p.returns_on + c.report_days < engine.today()
    $$;
comment on function vacation.late_reports(uuid, uuid) is
    'Stays of a structure whose report is missing after the delay of their convention.';

create function vacation.day(date) returns text
    language sql immutable
    as $$ select to_char($1, 'DD/MM/YYYY') $$;
comment on function vacation.day(date) is 'A date as French people write it.';

create function vacation.people_checks(p vacation.project, c vacation.convention, f vacation.facts)
    returns setof vacation.check_row
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    outside integer;
    highest numeric;
    missing integer;
    often integer;
    whom jsonb;
begin
    return next ('BENEFICIARIES', f.people > f.staff, null, f.people - f.staff, 1, null,
        case when f.people > f.staff then format('%s bénéficiaire(s) en %s foyer(s), %s accompagnateur(s).',
            f.people - f.staff, f.households, f.staff)
             else 'Aucun bénéficiaire n’est inscrit.' end, null)::vacation.check_row;
    if c.allowed_roles is not null then
        select count(*) into outside from vacation.beneficiary b where b.project_id = p.id
            and b.role <> all (c.allowed_roles);
        return next ('PUBLIC', outside = 0, null, outside, 0, null,
            case when outside = 0 then 'Toutes les personnes font partie du public de la convention.'
                 else format('%s personne(s) hors du public de la convention.', outside) end, null)::vacation.check_row;
    end if;
    if c.quotient_ceiling_cents is not null and p.purged_at is null then
        select max(keyed.open('vacation.quotient', i.quotient)::numeric), count(*) filter (where i.quotient is null)
        into highest, missing
        from vacation.beneficiary b left join vacation.identity i on i.beneficiary_id = b.id
        where b.project_id = p.id and b.role <> 'ACCOMPANYING_STAFF';
        return next ('QUOTIENT', missing = 0 and coalesce(highest < c.quotient_ceiling_cents, false), null,
            case when session.caller() in ('NATIONAL', 'STRUCTURE', '') then highest end, c.quotient_ceiling_cents,
                null,
            case when missing > 0 then format('Quotient familial manquant pour %s personne(s).', missing)
                 when highest is null then 'Aucun quotient familial à vérifier.'
                 when highest < c.quotient_ceiling_cents then format('Les quotients familiaux sont inférieurs à %s.',
                     vacation.euros(c.quotient_ceiling_cents))
                 else format('Un quotient familial n’est pas inférieur à %s.',
                     vacation.euros(c.quotient_ceiling_cents)) end,
            null)::vacation.check_row;
    end if;
    if c.aids_per_person_year is not null then
        select coalesce(max(a.same_year), 0),
            jsonb_agg(a.beneficiary_id) filter (where a.same_year >= c.aids_per_person_year)
        into often, whom from vacation.aids(p.id) a;
        return next ('FREQUENCY', often < c.aids_per_person_year, null, often, c.aids_per_person_year, null,
            case when often < c.aids_per_person_year
                then 'Aucune personne n’a déjà reçu les aides permises dans l’année.'
                 else format('%s personne(s) ont déjà été aidées cette année.', jsonb_array_length(whom)) end,
            jsonb_build_object('beneficiary_ids', whom))::vacation.check_row;
    end if;
end $$;
comment on function vacation.people_checks(vacation.project, vacation.convention, vacation.facts) is
    'Rules about people. Quotients are opened here and compared; only the structure and the reviewer get the figure.';

create function vacation.stay_checks(p vacation.project, c vacation.convention, f vacation.facts)
    returns setof vacation.check_row
    language plpgsql stable
    as $$
declare
    counted_on date := coalesce((p.submitted_at at time zone 'Europe/Paris')::date, engine.today());
    late integer := vacation.late_reports(p.member_id, p.id);
    lacking text := concat_ws(', ', case when p.departs_on is null then 'le départ' end, case
        when p.returns_on is null then 'le retour' end,
        case when p.place is null then 'le lieu' end, case when f.planned_costs = 0 then 'les dépenses' end,
        case when f.requested = 0 then 'l’aide demandée (ligne ANCV)' end);
    area text := case when p.country_code = 'FR' then 'FRANCE'
        when exists (select from vacation.union_country u where u.code = p.country_code) then 'EUROPEAN_UNION'
            else 'ELSEWHERE' end;
begin
    return next ('COMPLETE', lacking = '', null, null, null, null,
        case when lacking = '' then 'Le projet est complet.' else format('Il manque : %s.', lacking) end,
            null)::vacation.check_row;
    return next ('REPORT_DUE', late = 0, null, late, 0, null,
        case when late = 0 then 'Aucun bilan en retard.' else format('%s bilan(s) de séjour en retard.', late) end,
            null)::vacation.check_row;
    return next ('DEPOSIT_WINDOW', counted_on between c.opens_on and c.closes_on, null, null, null, null,
        format('Dépôt du %s au %s.', vacation.day(c.opens_on), vacation.day(c.closes_on)),
            jsonb_build_object('opens_on', c.opens_on, 'closes_on', c.closes_on))::vacation.check_row;
    if c.min_nights is not null then
        return next ('NIGHTS_MIN', coalesce(f.nights >= c.min_nights, false), null, f.nights, c.min_nights, null,
            format('%s nuit(s) pour %s au moins.', coalesce(f.nights::text, '?'), c.min_nights),
                null)::vacation.check_row;
    end if;
    if c.max_nights is not null then
        return next ('NIGHTS_MAX', coalesce(f.nights <= c.max_nights, false), null, f.nights, c.max_nights, null,
            format('%s nuit(s) pour %s au plus.', coalesce(f.nights::text, '?'), c.max_nights),
                null)::vacation.check_row;
    end if;
    if c.notice_days is not null then
        return next ('NOTICE', coalesce(p.departs_on - counted_on >= c.notice_days, false), null,
            p.departs_on - counted_on, c.notice_days, null,
            format('Départ %s jour(s) après le dépôt, pour %s au moins.',
                coalesce((p.departs_on - counted_on)::text, '?'), c.notice_days), null)::vacation.check_row;
    end if;
    if c.allowed_areas is not null then
        return next ('PLACE', area = any (c.allowed_areas), null, null, null, null,
            case when area = any (c.allowed_areas) then 'Le lieu du séjour est admis.'
                else 'Le lieu du séjour est hors de la zone admise.' end, null)::vacation.check_row;
    end if;
    if c.provider_accepts_vouchers then
        return next ('PROVIDER', coalesce(p.provider_accepts_vouchers, false), null, null, null, null,
            case p.provider_accepts_vouchers when true then 'L’hébergeur accepte les Chèques-Vacances.'
                when false then 'L’hébergeur n’accepte pas les Chèques-Vacances.'
                 else 'Dire si l’hébergeur accepte les Chèques-Vacances.' end, null)::vacation.check_row;
    end if;
end $$;
comment on function vacation.stay_checks(vacation.project, vacation.convention, vacation.facts) is
    'Rules about the stay and the moment. Notice and window count from the first submission, or from today on a draft.';

create function vacation.budget_checks(p vacation.project, c vacation.convention, f vacation.facts)
    returns setof vacation.check_row
    language plpgsql stable
    as $$
declare
    unit integer := coalesce(c.voucher_unit_cents, 1);
    most bigint := floor(f.planned_costs * c.max_share_percent / 100);
    a_day numeric := f.planned_costs::numeric / nullif(f.people * f.days, 0);
begin
    return next ('BUDGET_BALANCE', f.planned_costs = f.planned_funding, null, f.planned_funding, f.planned_costs, null,
        case when f.planned_costs = f.planned_funding then format('Dépenses et financements sont égaux : %s.',
            vacation.euros(f.planned_costs))
             else format('Dépenses %s, financements %s : écart de %s.', vacation.euros(f.planned_costs),
                 vacation.euros(f.planned_funding),
                vacation.euros(f.planned_funding - f.planned_costs)) end,
        jsonb_build_object('difference_cents', f.planned_funding - f.planned_costs))::vacation.check_row;
    if c.max_share_percent is not null then
        return next ('AID_SHARE', f.planned_costs > 0 and f.requested * 100 <= f.planned_costs * c.max_share_percent,
            null,
            round(f.requested * 100.0 / nullif(f.planned_costs, 0), 1), trim_scale(c.max_share_percent), null,
            format('L’aide représente %s %% des dépenses, pour %s %% au plus (%s, soit %s en chèques).',
                coalesce(replace(round(f.requested * 100.0 / nullif(f.planned_costs, 0), 1)::text, '.', ','), '?'),
                replace(trim_scale(c.max_share_percent)::text, '.', ','), vacation.euros(most),
                    vacation.euros(most - most % unit)),
            jsonb_build_object('max_cents', most, 'max_in_units_cents', most - most % unit))::vacation.check_row;
    end if;
    if c.max_aid_cents is not null then
        return next ('AID_AMOUNT', f.requested <= c.max_aid_cents, null, f.requested, c.max_aid_cents, null,
            format('Aide de %s, pour %s au plus.', vacation.euros(f.requested), vacation.euros(c.max_aid_cents)),
                null)::vacation.check_row;
    end if;
    if c.max_cost_per_day_cents is not null then
        return next ('COST_PER_DAY', coalesce(a_day <= c.max_cost_per_day_cents, false), null, round(a_day),
            c.max_cost_per_day_cents, null,
            format('%s par personne et par jour, pour %s au plus.', coalesce(vacation.euros(round(a_day)), '?'),
                vacation.euros(c.max_cost_per_day_cents)), null)::vacation.check_row;
    end if;
    if c.min_own_contribution_cents is not null then
        return next ('OWN_CONTRIBUTION', f.own_contribution >= c.min_own_contribution_cents, null, f.own_contribution,
            c.min_own_contribution_cents, null,
            format('Participation des bénéficiaires de %s, pour %s au moins.', vacation.euros(f.own_contribution),
                vacation.euros(c.min_own_contribution_cents)), null)::vacation.check_row;
    end if;
    if c.other_funder_required then
        return next ('SINGLE_FUNDER', f.other_funders > 0, null, f.other_funders, 1, null,
            case when f.other_funders > 0 then format('D’autres financeurs apportent %s.',
                vacation.euros(f.other_funders))
                 else 'L’ANCV serait le seul financeur avec les bénéficiaires.' end, null)::vacation.check_row;
    end if;
    if c.voucher_unit_cents is not null then
        return next ('VOUCHER_UNIT', f.requested % unit = 0, null, f.requested, unit, null,
            format('L’aide demandée, %s, %s un multiple de %s.', vacation.euros(f.requested),
                case when f.requested % unit = 0 then 'est' else 'n’est pas' end, vacation.euros(unit)),
                    null)::vacation.check_row;
    end if;
end $$;
comment on function vacation.budget_checks(vacation.project, vacation.convention, vacation.facts) is
    'Rules about money, compared in whole cents.';

create function vacation.checks(project uuid) returns setof vacation.check_row
    language sql stable
    as $$
    select k.rule, k.ok, case when k.rule = any (c.warning_rules) then 'WARNING' else 'REFUSAL' end, k.value, k."limit",
        r.unit, k.sentence, k.more
    from vacation.project p
    join vacation.convention c on c.id = p.convention_id
    join vacation.facts f on f.project_id = p.id
    cross join lateral (
        select s.* from vacation.stay_checks(p, c, f) s
        union all select s.* from vacation.people_checks(p, c, f) s
        union all select s.* from vacation.budget_checks(p, c, f) s) k
    join vacation.rule r on r.code = k.rule
    where p.id = checks.project
    order by r.position
    $$;
comment on function vacation.checks(uuid) is
    'Every rule of the convention on one project, in the order of vacation.rule.';

call engine.set_revision('vacation_checks');
commit;
