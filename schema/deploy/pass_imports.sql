-- Import of PASS from the platform’s export of applications, employee records and our own columns (domain page, 7.6).
-- What arrives here has passed the contract and holds no personal data but the number, which leaves as a keyed hash.
begin;

create function pass.own_kinds() returns text[]
    language sql stable
    as $$
    select array(
        select m.kind from network.member m where m.id = session.member_id()
        union select a.kind from network.activity a where a.member_id = session.member_id())
    $$;
comment on function pass.own_kinds() is 'Kinds under which the calling structure may employ: its own and those of its activities.';

create function pass.origin_of(number text, starts_on date, siae_kind text) returns text
    language sql immutable
    as $$
    select case when siae_kind = 'AI' and starts_on = date '2021-12-01' then 'AI_STOCK'
        when number ~ '^(99999|XXXXX)' then 'DEFAULT' else 'PE_APPROVAL' end
    $$;
comment on function pass.origin_of(text, date, text) is
    'What a number and its first day say of the origin: the stock of December 2021, a PASS of the platform (99999, in tests '
    'XXXXX), a former agreement of Pôle emploi.';

create function pass.import_rows(rows jsonb) returns table (
    row_number integer, line integer, number text, hash bytea, starts_on date, ends_on date, siae_kind text,
    birth_year integer, hired_on date, source text, verdict text)
    language sql stable
    as $$
    select (r ->> 'row')::integer, (r ->> 'line')::integer, d ->> 'number', keyed.hash('pass_number', d ->> 'number'),
        (d ->> 'starts_on')::date, (d ->> 'ends_on')::date, coalesce(d ->> 'siae_kind', m.kind),
        (d ->> 'birth_year')::integer, (d ->> 'hired_on')::date,
        case when d ? 'application_state' then 'PLATFORM_EXPORT' when d ? 'siret' then 'EMPLOYEE_RECORD' else 'MANUAL' end,
        case
            when d ->> 'application_state' <> 'ACCEPTED' then 'NOT_HIRED'
            when d ->> 'number' is null and d ? 'application_state' then 'NO_PASS'
            when d ->> 'number' is null then 'pass_number_required'
            when d ->> 'starts_on' is null then 'pass_starts_on_required'
            when d ->> 'ends_on' is null then 'pass_ends_on_required'
            when identifier.normal('SIRET', d ->> 'siret') not in (m.siret, coalesce(m.siret_at_agreement, m.siret))
                then 'pass_import_other_structure'
            when coalesce(d ->> 'siae_kind', m.kind) <> all (k.kinds) then 'pass_kind_of_member'
            when (d ->> 'ends_on')::date - (d ->> 'starts_on')::date not between 1 and 6000
                or (d ->> 'starts_on')::date < date '2005-01-01' then 'pass_import_dates'
        end
    from jsonb_array_elements(rows) r
    cross join lateral (select r -> 'data') x (d)
    left join network.member m on m.id = session.member_id()
    cross join (select pass.own_kinds()) k (kinds)
    $$;
comment on function pass.import_rows(jsonb) is
    'The rows as columns. verdict: why a row is no PASS of this structure (NOT_HIRED, NO_PASS), or the name of a refusal.';

create function pass.import_plan(rows jsonb, on_conflict text) returns jsonb
    language sql stable
    as $$
    with sent as materialized (select s.* from pass.import_rows(rows) s),
    same as (
        select s.hash, max(s.row_number) as last, min(s.row_number) as first, max(s.hired_on) as hired_on,
            max(s.birth_year) as birth_year,
            count(distinct (s.starts_on, s.ends_on, s.siae_kind)) > 1 or min(s.birth_year) < max(s.birth_year) as differ
        from sent s where s.verdict is null group by s.hash),
    judged as (
        select s.*, e.last, e.first, e.hired_on as last_hire_on, e.birth_year as known_birth_year, p.id as pass_id,
            case when s.verdict not in ('NOT_HIRED', 'NO_PASS') then s.verdict
                when e.differ then 'import_key_twice'
                when p.id is not null and on_conflict = 'fail' and s.row_number = e.last then 'pass_number_key' end as refusal,
            case when s.verdict is not null or s.row_number < e.last or p.id is not null and on_conflict = 'skip' then 'SKIP'
                when p.id is null then 'CREATE' else 'MERGE' end as action
        from sent s left join same e on e.hash = s.hash and s.verdict is null
        left join pass.pass p on p.number_hash = e.hash and p.member_id = session.member_id())
    select coalesce(jsonb_agg(jsonb_build_object('row', j.row_number, 'line', j.line, 'key', null,
        'id', coalesce(j.pass_id, engine.uuid_v7()), 'refusal', j.refusal,
        'state', case when j.refusal in ('import_key_twice', 'pass_number_key') then '23505'
            when j.refusal = 'pass_import_other_structure' then '42501' end,
        'action', case when j.refusal is null then j.action end,
        'note', case
            when j.verdict = 'NOT_HIRED' then 'Candidature non acceptée : ce PASS n’est pas suivi par la structure.'
            when j.verdict = 'NO_PASS' then 'Pas de numéro de PASS IAE sur cette ligne.'
            when j.refusal = 'import_key_twice' then
                format('Lignes %s et %s : même numéro, dates différentes.', j.first, j.last)
            when j.refusal is null and j.row_number < j.last then format('Même PASS que la ligne %s.', j.last)
            when j.refusal is null and j.action = 'CREATE' and j.ends_on > pass.default_end(j.starts_on) then
                format('Fin au-delà de la durée initiale de %s jours : suspensions ou prolongations à détailler.',
                    j.ends_on - pass.default_end(j.starts_on)) end,
        'data', jsonb_build_object('hash', encode(j.hash, 'hex'), 'last4', right(j.number, 4),
            'origin', pass.origin_of(j.number, j.starts_on, j.siae_kind), 'starts_on', j.starts_on, 'ends_on', j.ends_on,
            'siae_kind', j.siae_kind, 'birth_year', j.known_birth_year, 'last_hire_on', j.last_hire_on,
            'source', j.source)) order by j.row_number), '[]')
    from judged j
    $$;
comment on function pass.import_plan(jsonb, text) is
    'What becomes of each row (engine.import_plan). Rows of one number are one PASS when they agree; the latest hire counts.';

create function pass.has_parts(p pass.pass) returns boolean
    language sql stable
    as $$
    select p.closed_on is not null
        or exists (select from pass.suspension s where s.pass_id = p.id)
        or exists (select from pass.prolongation e where e.pass_id = p.id)
    $$;
comment on function pass.has_parts(pass.pass) is 'Whether more is known of a PASS than its two dates.';

create function pass.create_imported(items jsonb) returns uuid[]
    language sql volatile
    as $$
    with stored as (
        insert into pass.pass (id, member_id, siae_kind, number_hash, number_last4, origin, starts_on, initial_ends_on,
            declared_ends_on, birth_year, last_hire_on, source, observed_on)
        select (i ->> 'id')::uuid, session.member_id(), d ->> 'siae_kind', decode(d ->> 'hash', 'hex'), d ->> 'last4',
            d ->> 'origin', (d ->> 'starts_on')::date, (d ->> 'ends_on')::date, (d ->> 'ends_on')::date,
            (d ->> 'birth_year')::smallint, (d ->> 'last_hire_on')::date, d ->> 'source', engine.today()
        from jsonb_array_elements(items) i cross join lateral (select i -> 'data') x (d)
        returning id)
    select coalesce(array_agg(id), '{}') from stored
    $$;
comment on function pass.create_imported(jsonb) is
    'New PASS from items of a plan. The printed last day is the end as long as no suspension or prolongation is known.';

create function pass.merge_imported(items jsonb) returns uuid[]
    language plpgsql volatile
    as $$
declare
    changed uuid[];
begin
    with sent as (
        select (i ->> 'id')::uuid as id, d ->> 'siae_kind' as siae_kind, (d ->> 'starts_on')::date as starts_on,
            (d ->> 'ends_on')::date as ends_on, (d ->> 'birth_year')::smallint as birth_year,
            (d ->> 'last_hire_on')::date as last_hire_on, d ->> 'source' as source
        from jsonb_array_elements(items) i cross join lateral (select i -> 'data') x (d)),
    wanted as (
        select s.id, s.siae_kind, s.starts_on, s.ends_on as declared_ends_on, s.source,
            case when pass.has_parts(p) then p.initial_ends_on else s.ends_on end as initial_ends_on,
            coalesce(s.birth_year, p.birth_year) as birth_year,
            greatest(s.last_hire_on, p.last_hire_on) as last_hire_on
        from sent s join pass.pass p on p.id = s.id),
    stored as (
        update pass.pass p set siae_kind = w.siae_kind, starts_on = w.starts_on, initial_ends_on = w.initial_ends_on,
            declared_ends_on = w.declared_ends_on, birth_year = w.birth_year, last_hire_on = w.last_hire_on,
            source = w.source, observed_on = engine.today()
        from wanted w
        where w.id = p.id
          and (w.siae_kind, w.starts_on, w.initial_ends_on, w.declared_ends_on, w.birth_year, w.last_hire_on)
            is distinct from
            (p.siae_kind, p.starts_on, p.initial_ends_on, p.declared_ends_on, p.birth_year, p.last_hire_on)
        returning p.id)
    select coalesce(array_agg(id), '{}') into changed from stored;
    perform pass.check_whole(p) from pass.pass p where p.id = any (changed) and pass.has_parts(p);
    return changed;
end $$;
comment on function pass.merge_imported(jsonb) is
    'Brings PASS up to date with items of a plan; answers those that changed. Once suspensions or prolongations are known, the '
    'printed last day is only compared with theirs.';

create function pass.import_passes(rows jsonb, options jsonb, only_try boolean) returns jsonb
    language sql volatile
    as $$
    select engine.import_plan(pass.import_plan(rows, options ->> 'on_conflict'), 'pass.create_imported'::regproc,
        'pass.merge_imported'::regproc, options ->> 'mode', only_try)
    $$;
comment on function pass.import_passes(jsonb, jsonb, boolean) is
    'importPasses on rows [{row, line, data}] that passed the contract. Options: mode atomic|per_row, on_conflict fail|skip|merge.';

call engine.set_revision('pass_imports');
commit;
