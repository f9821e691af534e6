-- BPF (bilan pédagogique et financier, cerfa 10443): frames A to G of an accounting year from the rows, all year round,
-- with what is still missing. Chosen where the notice leaves room (domain page, 2.3): hours by the date of the slot; a
-- person counts once for each course followed; who was entrusted by another body is in G and not in F; parts are rounded
-- by largest remainder, so that they always add up to the total printed.
begin;

create table training.bpf_rule_set (
    code       text primary key,
    first_year integer not null constraint bpf_rule_set_first_year_key unique,
    remote_as  text not null constraint bpf_rule_set_remote_known check (remote_as in ('YES_NO', 'HEAD_COUNT')),
    due_month  integer not null,
    due_day    integer not null,
    source     text not null
);
comment on table training.bpf_rule_set is 'Versions of the form, by accounting year; each holds until the next one begins.';
insert into training.bpf_rule_set (code, first_year, remote_as, due_month, due_day, source) values
    ('10443*16', 2000, 'HEAD_COUNT', 4, 30, 'Working value: the last form with a head-count of remote trainees.'),
    ('10443*17', 2023, 'YES_NO', 4, 30, 'Form in force; some years the date is put off to 31 May.');

create table training.bpf_line (
    frame     text not null,
    line      text not null,
    code      text,
    label     text not null,
    place     integer not null,
    rule_sets text[] not null default '{10443*16,10443*17}',
    constraint bpf_line_key primary key (frame, line)
);
comment on table training.bpf_line is 'Lines of the form; code is the value of the rows that they hold.';
insert into training.bpf_line (frame, line, code, label, place) values
    ('C', '1', '1', 'Entreprises, pour la formation de leurs salariés', 1),
    ('C', '2a', '2A', 'OPCO et assimilés : contrats d’apprentissage', 2),
    ('C', '2b', '2B', 'OPCO et assimilés : contrats de professionnalisation', 3),
    ('C', '2c', '2C', 'OPCO et assimilés : promotion ou reconversion par alternance', 4),
    ('C', '2d', '2D', 'OPCO et assimilés : projets de transition professionnelle', 5),
    ('C', '2e', '2E', 'OPCO et assimilés : compte personnel de formation', 6),
    ('C', '2f', '2F', 'OPCO et assimilés : dispositifs pour les personnes en recherche d’emploi', 7),
    ('C', '2g', '2G', 'OPCO et assimilés : dispositifs pour les travailleurs non-salariés', 8),
    ('C', '2h', '2H', 'OPCO et assimilés : plan de développement des compétences ou autres dispositifs', 9),
    ('C', '3', '3', 'Pouvoirs publics, pour la formation de leurs agents', 10),
    ('C', '4', '4', 'Instances européennes', 11),
    ('C', '5', '5', 'État', 12),
    ('C', '6', '6', 'Conseils régionaux', 13),
    ('C', '7', '7', 'France Travail', 14),
    ('C', '8', '8', 'Autres ressources publiques', 15),
    ('C', '9', '9', 'Contrats conclus avec des personnes à titre individuel et à leurs frais', 16),
    ('C', '10', '10', 'Contrats conclus avec d’autres organismes de formation', 17),
    ('C', '11', '11', 'Autres produits au titre de la formation professionnelle', 18),
    ('E', '1', 'INTERNAL', 'Personnes de l’organisme dispensant des heures de formation', 1),
    ('E', '2', 'EXTERNAL', 'Personnes extérieures dispensant des heures de formation, en sous-traitance', 2),
    ('F1', 'a', 'EMPLOYEE', 'Salariés d’employeurs privés hors apprentis', 1),
    ('F1', 'b', 'APPRENTICE', 'Apprentis', 2),
    ('F1', 'c', 'JOB_SEEKER', 'Personnes en recherche d’emploi', 3),
    ('F1', 'd', 'INDIVIDUAL', 'Particuliers à leurs propres frais', 4),
    ('F1', 'e', 'OTHER', 'Autres stagiaires', 5),
    ('F2', '1', null, 'Stagiaires dont l’action a été confiée à un autre organisme', 1),
    ('F3', 'a-6-8', 'RNCP_6_8', 'Diplôme ou titre au RNCP, niveaux 6 à 8', 1),
    ('F3', 'a-5', 'RNCP_5', 'Diplôme ou titre au RNCP, niveau 5', 2),
    ('F3', 'a-4', 'RNCP_4', 'Diplôme ou titre au RNCP, niveau 4', 3),
    ('F3', 'a-3', 'RNCP_3', 'Diplôme ou titre au RNCP, niveau 3', 4),
    ('F3', 'a-2', 'RNCP_2', 'Diplôme ou titre au RNCP, niveau 2', 5),
    ('F3', 'a-cqp', 'RNCP_CQP', 'CQP au RNCP sans niveau', 6),
    ('F3', 'b', 'RS', 'Certification ou habilitation au répertoire spécifique', 7),
    ('F3', 'c', 'OTHER_CQP', 'CQP non enregistré', 8),
    ('F3', 'd', 'OTHER', 'Autres formations professionnelles', 9),
    ('F3', 'e', 'SKILLS_ASSESSMENT', 'Bilans de compétences', 10),
    ('F3', 'f', 'VAE', 'Accompagnement à la validation des acquis de l’expérience', 11),
    ('G', '1', null, 'Stagiaires confiés par un autre organisme', 1);
do $$
declare
    name text;
begin
    foreach name in array array['bpf_rule_set', 'bpf_line'] loop
        execute format('alter table training.%I enable row level security', name);
        execute format('alter table training.%I force row level security', name);
        execute format('create policy owner on training.%I to maillage_owner using (true) with check (true)', name);
    end loop;
end $$;

create type training.accounting_year as (year integer, starts_on date, ends_on date, rule_set text);
comment on type training.accounting_year is 'Days and form of an accounting year.';

create function training.accounting_year(wanted integer) returns training.accounting_year
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select (wanted, coalesce(d.starts_on, make_date(wanted, 1, 1)), coalesce(d.ends_on, make_date(wanted, 12, 31)),
        (select r.code from training.bpf_rule_set r where r.first_year <= wanted order by r.first_year desc limit 1))::training.accounting_year
    from (values (1)) one left join training.declaration d on d.year = wanted
    $$;
comment on function training.accounting_year(integer) is 'As declared for that year; the calendar year until then.';

create type training.bpf_trainee as (enrolment_id uuid, session_id uuid, trainee_type text, objective text, nsf_code text,
    entrusted boolean, subcontracted boolean, seats integer, minutes bigint, counts integer);
comment on type training.bpf_trainee is 'An enrolment with proved hours in an accounting year.';

-- An array, because lines and missing codes need the same rows, which cost the most.
create function training.bpf_trainees(y training.accounting_year) returns training.bpf_trainee[]
    language sql stable security definer set work_mem = '64MB' set jit = off set search_path = pg_catalog, pg_temp
    as $$
    with attended as materialized (
        select a.enrolment_id, sum(a.counted_minutes) as minutes
        from training.slot t
        join training.session s on s.id = t.session_id and s.counts_in_bpf
        join training.attendance a on a.slot_id = t.id and a.is_current and a.counted_minutes > 0
        where t.on_date between (y).starts_on and (y).ends_on
        group by a.enrolment_id
    )
    select array_agg((e.id, e.session_id, e.trainee_type, c.bpf_objective, c.nsf_code, e.entrusted_by_nda is not null,
        e.subcontracted_to_nda is not null, e.seats, e.minutes, e.counts)::training.bpf_trainee)
    from (
        select x.*, s.course_id, a.minutes, (row_number() over (
            partition by x.person_id, s.course_id, x.entrusted_by_nda is not null order by x.id) = 1)::integer as counts
        from attended a
        join training.enrolment x on x.id = a.enrolment_id
        join training.session s on s.id = x.session_id) e
    join training.course c on c.id = e.course_id
    $$;
comment on function training.bpf_trainees(training.accounting_year) is
    'Enrolments with proved hours in the year; counts is 1 on the first of a person in a course, 0 on the others.';

create function training.bpf_parts(y training.accounting_year, trainees training.bpf_trainee[])
    returns table (frame text, line text, label text, place integer, people bigint, minutes bigint, cents bigint)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    with trainee as materialized (select * from unnest(trainees)
    ), inside as materialized (
        select trainee_type, objective, nsf_code, subcontracted, sum(counts) as people, sum(minutes)::bigint as minutes
        from trainee where not entrusted group by 1, 2, 3, 4
    ), specialities as (
        select nsf_code, sum(people) as people, sum(minutes)::bigint as minutes,
            row_number() over (order by sum(people) desc, sum(minutes) desc, nsf_code) as place
        from inside where nsf_code is not null group by nsf_code
    ), taught as (
        select distinct on (t.id) t.id, t.minutes, r.kind
        from training.slot t join training.session s on s.id = t.session_id and s.counts_in_bpf
        join training.slot_trainer x on x.slot_id = t.id and x.held join training.trainer r on r.id = x.trainer_id
        where t.on_date between (y).starts_on and (y).ends_on and t.starts_at <= now()
          and s.state in ('CONFIRMED', 'CLOSED')
        order by t.id, x.place, r.kind desc
    ), teachers as (
        select r.kind, count(distinct r.id) as people
        from training.slot t join training.session s on s.id = t.session_id and s.counts_in_bpf
        join training.slot_trainer x on x.slot_id = t.id and x.held join training.trainer r on r.id = x.trainer_id
        where t.on_date between (y).starts_on and (y).ends_on and t.starts_at <= now()
          and s.state in ('CONFIRMED', 'CLOSED')
        group by r.kind
    ), revenue as (
        select i.funding_code, sum(i.amount_cents)::bigint as cents from training.invoice i
        where i.invoiced_on between (y).starts_on and (y).ends_on and i.funding_code is not null group by 1
    )
    select l.frame, l.line, l.label, l.place, null::bigint, null::bigint, coalesce(r.cents, 0)
    from training.bpf_line l left join revenue r on r.funding_code = l.code where l.frame = 'C' and (y).rule_set = any (l.rule_sets)
    union all
    select l.frame, l.line, l.label, l.place, coalesce(p.people, 0), coalesce(h.minutes, 0), null
    from training.bpf_line l left join teachers p on p.kind = l.code
    left join (select kind, sum(minutes)::bigint as minutes from taught group by kind) h on h.kind = l.code
    where l.frame = 'E' and (y).rule_set = any (l.rule_sets)
    union all
    select l.frame, l.line, l.label, l.place, coalesce(sum(i.people), 0)::bigint, coalesce(sum(i.minutes), 0)::bigint, null
    from training.bpf_line l left join inside i on case l.frame when 'F1' then i.trainee_type = l.code
        when 'F3' then i.objective = l.code else i.subcontracted end
    where l.frame in ('F1', 'F2', 'F3') and (y).rule_set = any (l.rule_sets) group by l.frame, l.line, l.label, l.place
    union all
    select 'F4', case when place <= 5 then nsf_code else 'autres' end,
        case when place <= 5 then 'Spécialité ' || nsf_code else 'Autres spécialités' end, least(place, 6)::integer,
        sum(people)::bigint, sum(minutes)::bigint, null
    from specialities group by 1, 2, 3, 4
    union all
    select l.frame, l.line, l.label, l.place, coalesce((select sum(counts) from trainee where entrusted), 0)::bigint,
        coalesce((select sum(minutes) from trainee where entrusted), 0)::bigint, null
    from training.bpf_line l where l.frame = 'G'
    $$;
comment on function training.bpf_parts(training.accounting_year, training.bpf_trainee[]) is
    'Lines of frames C, E, F and G, not rounded: people, minutes, euro cents. Of co-trainers the first one takes the hours of a slot.';

create function training.bpf_lines(y training.accounting_year, trainees training.bpf_trainee[])
    returns table (frame text, line text, label text, place integer, people bigint, minutes bigint, hours bigint, cents bigint, euros bigint)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    with part as materialized (select * from training.bpf_parts(y, trainees)
    ), ranked as (
        select p.*, floor(coalesce(p.minutes, 0) / 60.0)::bigint as whole_hours,
            floor(coalesce(p.cents, 0) / 100.0)::bigint as whole_euros,
            row_number() over (partition by p.frame order by coalesce(p.minutes, 0) % 60 desc, p.place) as hour_rank,
            row_number() over (partition by p.frame order by coalesce(p.cents, 0) - 100 * floor(coalesce(p.cents, 0) / 100.0) desc, p.place) as euro_rank,
            floor(sum(coalesce(p.minutes, 0)) over f / 60.0 + 0.5) - sum(floor(coalesce(p.minutes, 0) / 60.0)) over f as hours_left,
            floor(sum(coalesce(p.cents, 0)) over f / 100.0 + 0.5) - sum(floor(coalesce(p.cents, 0) / 100.0)) over f as euros_left
        from part p window f as (partition by p.frame)
    )
    select r.frame, r.line, r.label, r.place, r.people, r.minutes,
        case when r.minutes is not null then r.whole_hours + (r.hour_rank <= r.hours_left)::integer end,
        r.cents, case when r.cents is not null then r.whole_euros + (r.euro_rank <= r.euros_left)::integer end
    from ranked r
    $$;
comment on function training.bpf_lines(training.accounting_year, training.bpf_trainee[]) is
    'The same with whole hours and euros: totals rounded half up, what is left over goes to the largest remainders, the '
    'first listed before the others.';

create function training.bpf_missing(y training.accounting_year, trainees training.bpf_trainee[])
    returns table (frame text, rule text, record_type text, record_id uuid, session_id uuid)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    with trainee as materialized (select * from unnest(trainees))
    select v.frame, v.rule, 'DECLARATION', d.id, null::uuid
    from (values ('A', 'DECLARATION_MISSING'), ('B', 'REMOTE_MISSING'), ('C', 'TURNOVER_MISSING'), ('D', 'CHARGES_MISSING')) v (frame, rule)
    left join training.declaration d on d.year = (y).year
    where case v.frame when 'A' then d.id is null when 'B' then d.has_remote_training is null
        when 'C' then d.turnover_cents is null
        else num_nulls(d.charges_cents, d.trainers_pay_cents, d.purchased_training_cents) > 0 end
    union all
    select 'C', 'FUNDING_MISSING', 'INVOICE', i.id, i.session_id from training.invoice i
    where i.invoiced_on between (y).starts_on and (y).ends_on and i.funding_code is null
    union all
    select 'C', 'FUNDING_MISSING', 'ENROLMENT', e.id, e.session_id
    from training.session s join training.enrolment e on e.session_id = s.id
    where s.counts_in_bpf and s.starts_on between (y).starts_on and (y).ends_on and s.state in ('OPEN', 'CONFIRMED', 'CLOSED')
      and e.funding_code is null and e.price_cents > 0 and e.state not in ('CANCELLED', 'EXPIRED', 'WAITLISTED')
    union all
    select 'E', 'TRAINER_MISSING', 'SLOT', t.id, t.session_id
    from training.slot t join training.session s on s.id = t.session_id and s.counts_in_bpf
    where t.on_date between (y).starts_on and (y).ends_on and s.state in ('CONFIRMED', 'CLOSED')
      and not exists (select from training.slot_trainer x where x.slot_id = t.id)
    union all
    select 'F1', v.rule, 'ENROLMENT', u.enrolment_id, u.session_id
    from trainee u
    cross join lateral (values ('TRAINEE_TYPE_MISSING', u.trainee_type is null), ('SEATS_UNNAMED', u.seats > 1)) v (rule, lacks)
    where v.lacks and not u.entrusted
    union all
    select 'F1', 'EVIDENCE_MISSING', 'ATTENDANCE', a.id, t.session_id
    from training.slot t join training.session s on s.id = t.session_id and s.counts_in_bpf
    join training.attendance a on a.slot_id = t.id and a.is_current
    where t.on_date between (y).starts_on and (y).ends_on and a.status in ('PRESENT', 'LATE') and a.evidence is null
    union all
    select v.frame, v.rule, 'ENROLMENT', u.enrolment_id, u.session_id
    from trainee u
    cross join lateral (values ('F3', 'OBJECTIVE_MISSING', u.objective is null), ('F4', 'NSF_MISSING', u.nsf_code is null)) v (frame, rule, lacks)
    where v.lacks and not u.entrusted
    $$;
comment on function training.bpf_missing(training.accounting_year, training.bpf_trainee[]) is
    'What the frames still lack, one row each: asked at any time, so that nobody looks for it in April.';

create function training.bpf_flags(y training.accounting_year)
    returns table (flag text, record_type text, record_id uuid)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select 'CREDIT_OF_EARLIER_YEAR', 'INVOICE', i.id
    from training.invoice i join training.invoice o on o.id = i.credited_id
    where i.invoiced_on between (y).starts_on and (y).ends_on and o.invoiced_on < (y).starts_on
    union all
    select 'NEGATIVE_LINE', 'FRAME_C', null from (
        select i.funding_code from training.invoice i
        where i.invoiced_on between (y).starts_on and (y).ends_on group by i.funding_code having sum(i.amount_cents) < 0) n
    union all
    select 'SPANS_YEARS', 'SESSION', s.id from training.session s
    where s.counts_in_bpf and s.state in ('CONFIRMED', 'CLOSED') and s.starts_on <= (y).ends_on and s.ends_on >= (y).starts_on
      and (s.starts_on < (y).starts_on or s.ends_on > (y).ends_on)
    $$;
comment on function training.bpf_flags(training.accounting_year) is
    'What is right and still worth a look: credit notes of earlier years, negative lines, sessions over two years.';

create function training.bpf(wanted integer)
    returns table (year integer, rule_set text, starts_on date, ends_on date, due_on date, is_filed boolean, totals_agree boolean,
        is_refused boolean, frames json, missing json, flags json, refusals json)
    language plpgsql stable security definer set work_mem = '64MB' set jit = off set search_path = pg_catalog, public, pg_temp
    as $$
#variable_conflict use_column
declare
    y constant training.accounting_year := training.accounting_year(wanted);
    trainees constant training.bpf_trainee[] := training.bpf_trainees(training.accounting_year(wanted));
    d training.declaration;
    lines jsonb;
    totals jsonb;
    lacking jsonb;
    agree boolean;
begin
    if session.caller() not in ('NATIONAL', '') then
        perform engine.refuse('not_yours_to_change', 'the report is the federation''s');
    end if;
    select * into d from training.declaration x where x.year = wanted;
    select jsonb_object_agg(f.frame, f.list), jsonb_object_agg(f.frame, f.total) into lines, totals from (
        select l.frame, jsonb_agg(jsonb_strip_nulls(jsonb_build_object('line', l.line, 'label', l.label, 'people', l.people,
                'minutes', l.minutes, 'hours', l.hours, 'amount_cents', l.cents, 'euros', l.euros)) order by l.place) as list,
            jsonb_strip_nulls(jsonb_build_object('people', sum(l.people), 'minutes', sum(l.minutes), 'hours', sum(l.hours),
                'amount_cents', sum(l.cents), 'euros', sum(l.euros))) as total
        from training.bpf_lines(y, trainees) l group by l.frame) f;
    totals := '{"F4": {"people": 0, "minutes": 0, "hours": 0}}' || totals;
    agree := totals -> 'F1' = totals -> 'F3' and totals -> 'F1' = totals -> 'F4';
    select coalesce(jsonb_object_agg(m.frame, jsonb_build_object('count', m.total, 'items', m.items)), '{}') into lacking from (
        select f.frame, count(x.rule) as total, coalesce(jsonb_agg(jsonb_build_object('rule', x.rule, 'record_type', x.record_type,
            'record_id', x.record_id, 'session_id', x.session_id)) filter (where x.place <= 200), '[]') as items
        from unnest('{A,B,C,D,E,F1,F2,F3,F4,G}'::text[]) f (frame)
        left join (select b.*, row_number() over (partition by b.frame order by b.rule, b.record_id) as place
                   from training.bpf_missing(y, trainees) b) x on x.frame = f.frame
        group by f.frame) m;
    return query select wanted, y.rule_set, y.starts_on, y.ends_on,
        (select make_date(wanted + 1, r.due_month, r.due_day) from training.bpf_rule_set r where r.code = y.rule_set),
        d.filed_at is not null, agree, not agree,
        json_build_object(
            'A', json_build_object('body_name', d.body_name, 'siret', d.siret, 'nda', d.nda, 'address', d.address),
            'B', json_build_object('starts_on', y.starts_on, 'ends_on', y.ends_on, 'has_remote_training', d.has_remote_training),
            'C', json_build_object('lines', lines -> 'C', 'total', totals -> 'C', 'turnover_cents', d.turnover_cents,
                'share_of_turnover_percent', round(100.0 * (totals -> 'C' ->> 'amount_cents')::numeric / nullif(d.turnover_cents, 0), 1)),
            'D', json_build_object('charges_cents', d.charges_cents, 'trainers_pay_cents', d.trainers_pay_cents,
                'purchased_training_cents', d.purchased_training_cents),
            'E', json_build_object('lines', lines -> 'E', 'total', totals -> 'E'),
            'F1', json_build_object('lines', lines -> 'F1', 'total', totals -> 'F1'),
            'F2', json_build_object('lines', lines -> 'F2', 'total', totals -> 'F2'),
            'F3', json_build_object('lines', lines -> 'F3', 'total', totals -> 'F3'),
            'F4', json_build_object('lines', coalesce(lines -> 'F4', '[]'), 'total', totals -> 'F4'),
            'G', json_build_object('lines', lines -> 'G', 'total', totals -> 'G')),
        lacking::json,
        (select coalesce(json_agg(json_build_object('flag', g.flag, 'record_type', g.record_type, 'record_id', g.record_id)), '[]')
         from training.bpf_flags(y) g),
        case when agree then '[]'::json else json_build_array(json_build_object('rule', 'bpf-totals-differ',
            'frames', json_build_object('F1', totals -> 'F1', 'F3', totals -> 'F3', 'F4', totals -> 'F4'),
            'enrolment_ids', (select coalesce(json_agg(i ->> 'record_id'), '[]')
                from unnest('{F1,F3,F4}'::text[]) f, jsonb_array_elements(lacking -> f -> 'items') i
                where i ->> 'rule' in ('TRAINEE_TYPE_MISSING', 'OBJECTIVE_MISSING', 'NSF_MISSING')))) end;
end $$;
comment on function training.bpf(integer) is
    'bpfReport: the frames as they stand, what is missing in each, and whether it would be refused (F-1, F-3, F-4 differ).';

create function training.file_bpf(declaration uuid, if_match bigint) returns setof training.declaration
    language plpgsql volatile
    as $$
declare
    d training.declaration;
    b record;
begin
    select * into d from training.declaration x where x.id = declaration and x.version = if_match for update;
    if d.id is null then
        return;
    end if;
    select * into b from training.bpf(d.year);
    if not b.totals_agree then
        perform engine.refuse('bpf_totals_differ', 'F-1, F-3 and F-4 differ', (b.refusals -> 0)::jsonb - 'rule');
    elsif d.ends_on >= engine.today() then
        perform engine.refuse('bpf_year_running', 'the accounting year is not over');
    elsif exists (select from unnest('{A,B,C,D}'::text[]) f where (b.missing -> f ->> 'count')::integer > 0) then
        perform engine.refuse('bpf_incomplete', 'frames A to D are not complete');
    end if;
    return query update training.declaration x set filed_at = now(), filed = to_jsonb(b)
        where x.id = declaration returning x.*;
end $$;
comment on function training.file_bpf(uuid, bigint) is
    'fileBpf: freezes the report as it stands; refused while the totals of F-1, F-3 and F-4 differ. No row when the version is another.';

revoke execute on function training.bpf_trainees(training.accounting_year), training.bpf_parts(training.accounting_year, training.bpf_trainee[]),
    training.bpf_lines(training.accounting_year, training.bpf_trainee[]),
    training.bpf_missing(training.accounting_year, training.bpf_trainee[]),
    training.bpf_flags(training.accounting_year) from public;

create function training.bpf_line_list(wanted integer)
    returns table (id uuid, frame text, line text, label text, place integer, people bigint, minutes bigint, hours bigint, amount_cents bigint, euros bigint)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select md5(concat_ws('/', wanted, l.frame, l.line))::uuid, l.frame, l.line, l.label, l.place, l.people, l.minutes, l.hours, l.cents, l.euros
    from training.bpf_lines(training.accounting_year(wanted), training.bpf_trainees(training.accounting_year(wanted))) l where session.caller() in ('NATIONAL', '')
    $$;
comment on function training.bpf_line_list(integer) is 'listBpfLines: the lines to print or to carry over.';

create function training.bpf_missing_list(wanted integer)
    returns table (id uuid, frame text, rule text, record_type text, record_id uuid, session_id uuid)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select md5(concat_ws('/', wanted, m.frame, m.rule, m.record_id))::uuid, m.*
    from training.bpf_missing(training.accounting_year(wanted), training.bpf_trainees(training.accounting_year(wanted))) m where session.caller() in ('NATIONAL', '')
    $$;
comment on function training.bpf_missing_list(integer) is 'listBpfMissing: everything still missing, frame by frame.';

call engine.set_revision('training_bpf');
commit;
