"""The live catalogue as SQL, placed relative to the day of loading: sessions that fill, full ones with a queue, running,
done, closed, a draft, a cancelled and a postponed one. People go through the rules of the database like any others."""

# key, course, kind, delegation slug or null, first day from today, days, capacity, policy, state at the end
SESSIONS = """
('filling',   'F002', 'INTER',   null,       41, 2, 12,   'STRICT_FIFO', 'OPEN'),
('strict',    'F004', 'INTER',   null,       26, 2, 8,    'STRICT_FIFO', 'CONFIRMED'),
('first-fit', 'F006', 'INTER',   'bretagne', 20, 1, 6,    'FIRST_FIT',   'CONFIRMED'),
('webinar',   'F008', 'WEBINAR', null,       12, 1, null, 'STRICT_FIFO', 'OPEN'),
('bretagne',  'F010', 'INTER',   'bretagne', 48, 1, 10,   'STRICT_FIFO', 'OPEN'),
('ocean',     'F012', 'INTER',   'ocean-indien', 55, 2, 10, 'OFF',       'OPEN'),
('intra',     'F014', 'INTRA',   'bretagne', 33, 2, 10,   'STRICT_FIFO', 'CONFIRMED'),
('draft',     'F016', 'INTER',   null,       75, 2, 12,   'STRICT_FIFO', 'DRAFT'),
('cancelled', 'F018', 'INTER',   null,       30, 1, 12,   'STRICT_FIFO', 'CANCELLED'),
('postponed', 'F020', 'INTER',   'bretagne', 62, 1, 12,   'STRICT_FIFO', 'POSTPONED'),
('running',   'F022', 'INTER',   null,       -1, 3, 12,   'STRICT_FIFO', 'CONFIRMED'),
('done',      'F024', 'INTER',   'bretagne', -9, 2, 12,   'STRICT_FIFO', 'CONFIRMED'),
('closed',    'F026', 'INTER',   null,      -40, 2, 12,   'STRICT_FIFO', 'CLOSED'),
('closed-2',  'F028', 'INTER',   'bretagne',-70, 1, 12,   'STRICT_FIFO', 'CLOSED')
""".strip()

# session, number of people, seats of the last one, members in turn
PEOPLE = """
('filling', 5, 1), ('strict', 11, 2), ('first-fit', 8, 1), ('webinar', 34, 1), ('bretagne', 6, 1), ('ocean', 4, 1), ('intra', 7, 1),
('cancelled', 3, 1), ('postponed', 4, 1), ('running', 9, 1), ('done', 8, 1), ('closed', 12, 1), ('closed-2', 4, 1)
""".strip()

GIVEN = "Adèle Alix Anaïs Awa Bilal Camille Céleste Dany Édwige Fatou Gaël Hakim Inès Jade Karim Léonie Mehdi Noémie Oscar Pauline".split()
FAMILY = "Aubebrise Bruyèrechamp Clairelande Doucemare Fougèrepierre Garancerive Lunesource Noisettecombe Perlegrève Saugefeuille".split()

LIVE = f"""
create temporary table live_session on commit drop as
select v.*, engine.uuid_v7() as id from (values
{SESSIONS}) v (key, course, kind, slug, first_day, days, capacity, policy, state);
create temporary table live_people on commit drop as select * from (values {PEOPLE}) v (key, people, last_seats);
create temporary table live_member on commit drop as
select m.id, m.region_code, row_number() over (order by m.siret) as place from network.member_at(engine.today()) m
where m.status = 'ACTIVE' and m.kind in ('AI', 'ACI') and m.region_code in ('53', '52', '04');
create temporary table live_structure on commit drop as
select m.id from network.member_at(engine.today()) m
where m.kind = 'AI' and m.region_code = '53' and m.status = 'ACTIVE' order by m.siret limit 1;

insert into training.session (id, course_id, kind, client_member_id, delegation_id, place, capacity, min_participants,
    waitlist_policy, price_member_cents, price_other_cents, flat_price_cents, state, fictitious)
select l.id, c.id, l.kind, case when l.kind = 'INTRA' then (select id from live_structure) end, d.id,
    case when l.kind = 'WEBINAR' then null when l.slug = 'bretagne' then 'Rennes' when l.slug = 'ocean-indien' then 'Saint-Denis' else 'Paris' end,
    l.capacity, 3, l.policy, case when l.kind = 'WEBINAR' then 0 else c.price_member_cents end,
    case when l.kind = 'WEBINAR' then 2000 else c.price_other_cents end, case when l.kind = 'INTRA' then 240000 end, 'OPEN', true
from live_session l join training.course c on c.code = l.course
left join network.delegation d on d.slug = l.slug and d.ends_on is null;

insert into training.slot (session_id, starts_at, ends_at, slot_range, on_date, half_day, minutes, modality)
select l.id, (engine.today() + l.first_day + day + h.starts) at time zone 'Europe/Paris',
    (engine.today() + l.first_day + day + h.ends) at time zone 'Europe/Paris', 'empty', engine.today(), 'MORNING', 1,
    case when l.kind = 'WEBINAR' then 'REMOTE' else 'ONSITE' end
from live_session l cross join lateral generate_series(0, l.days - 1) day
cross join (values (time '09:00', time '12:30'), (time '13:30', time '17:00')) h (starts, ends)
order by l.first_day, day, h.starts;
insert into training.slot_trainer (slot_id, trainer_id, slot_range)
select t.id, r.id, 'empty' from training.slot t
join (select id, row_number() over (order by first_day) as place from live_session) l on l.id = t.session_id
join (select id, row_number() over (order by code) as place from training.trainer where code like 'F%') r on r.place = l.place + 2;

-- one after the other: the order of arrival is that of the queue
do $$
declare
    s record;
    n integer;
    trainee uuid;
    given constant text[] := '{{{','.join(GIVEN)}}}';
    family constant text[] := '{{{','.join(FAMILY)}}}';
    number integer := 0;
begin
    for s in select l.id, l.key, l.kind, l.slug, p.people, p.last_seats from live_session l join live_people p on p.key = l.key order by l.first_day loop
        for n in 1 .. s.people loop
            number := number + 1;
            trainee := training.person_for(jsonb_build_object('given_name', given[1 + number % 20], 'family_name', family[1 + number / 20 % 10],
                'email', 'stagiaire.' || number || '@exemple.invalid'), null);
            update training.person set fictitious = true where id = trainee;
            insert into training.enrolment (session_id, person_id, member_id, seats, trainee_type, funding_code, fictitious)
            values (s.id, trainee,
                case when s.key = 'intra' or s.key in ('bretagne', 'filling', 'closed-2') and n <= 2 then (select id from live_structure)
                    when s.kind = 'WEBINAR' and n % 5 = 0 then null
                    else (select m.id from live_member m where s.slug is null or m.region_code = case s.slug when 'bretagne' then '53' else '04' end
                          order by (m.place * 7 + number) % 31, m.place limit 1) end,
                case when n = s.people then s.last_seats else 1 end,
                case when s.kind = 'WEBINAR' and n % 5 = 0 then 'INDIVIDUAL' when n % 9 = 0 then 'OTHER' else 'EMPLOYEE' end,
                case when s.kind = 'WEBINAR' then '9' when n % 6 = 5 then null when n % 4 = 3 then '1' else '2H' end, true);
        end loop;
    end loop;
end $$;

insert into training.attendance (enrolment_id, slot_id, status, minutes, evidence, signed_at)
select e.id, t.id, a.status, case a.status when 'PRESENT' then t.minutes when 'LATE' then t.minutes - 30 else 0 end,
    case when a.status in ('PRESENT', 'LATE') then 'ONSITE_SIGNATURE' end, case when a.status in ('PRESENT', 'LATE') then t.starts_at end
from live_session l join training.slot t on t.session_id = l.id and t.ends_at < now()
join training.enrolment e on e.session_id = l.id and e.state = 'CONFIRMED'
cross join lateral (select case when e.queue_no = 3 and t.half_day = 'AFTERNOON' then 'EXCUSED' when e.queue_no = 5 and t.half_day = 'MORNING' then 'LATE'
    else 'PRESENT' end) a (status)
where l.key in ('running', 'done', 'closed', 'closed-2');
update training.slot t set closed_at = t.ends_at + interval '2 hours' from live_session l
where l.id = t.session_id and (l.key in ('closed', 'closed-2') or l.key = 'done' and t.half_day = 'MORNING');
insert into training.evaluation (enrolment_id, moment, score, content, teaching, comment)
select e.id, 'HOT', 4 + (e.queue_no % 3 > 0)::integer, 5, 4, case when e.queue_no = 2 then 'Exemples proches du terrain.' end
from live_session l join training.enrolment e on e.session_id = l.id and e.state = 'CONFIRMED'
where l.key = 'closed' and e.queue_no <= 10 or l.key = 'closed-2' and e.queue_no <= 3;
insert into training.document (session_id, kind, member_id, state, reference, sent_on, signed_on)
select distinct on (s.id, e.member_id) s.id, 'CONVENTION', e.member_id, 'SIGNED', 'CV-' || to_char(s.starts_on, 'YYYYMM'), s.starts_on - 20, s.starts_on - 12
from live_session l join training.session s on s.id = l.id join training.enrolment e on e.session_id = s.id
where l.key in ('closed', 'closed-2', 'done', 'running', 'strict') and e.member_id is not null and e.state = 'CONFIRMED';
insert into training.document (session_id, kind, state, sent_on)
select s.id, k.kind, 'SENT', s.ends_on from live_session l join training.session s on s.id = l.id
cross join (values ('ATTENDANCE_SHEET'), ('EVALUATION_FORM'), ('RULES')) k (kind) where l.key in ('closed', 'closed-2');

select training.end_enrolments(l.id, 'SESSION_CANCELLED', 'Session annulée') from live_session l where l.key = 'cancelled';
select training.settle_enrolments(l.id) from live_session l where l.state = 'CLOSED';
update training.session s set state = l.state, state_reason = case l.state when 'CANCELLED' then 'Trop peu d''inscriptions'
    when 'POSTPONED' then 'Formateur indisponible' end
from live_session l where l.id = s.id and l.state <> 'OPEN';

insert into training.complaint (session_id, member_id, subject, description, received_on)
select l.id, e.member_id, 'Salle trop petite', 'La salle ne permettait pas les mises en situation.', engine.today() - 5
from live_session l join training.enrolment e on e.session_id = l.id and e.queue_no = 1 where l.key = 'done';
insert into training.invoice (number, session_id, member_id, funding_code, amount_cents, invoiced_on, fictitious)
select 'F-' || to_char(s.ends_on, 'YYYYMM') || '-' || lpad((row_number() over (order by s.id, e.member_id))::text, 4, '0'), s.id, e.member_id,
    max(e.funding_code), sum(e.price_cents), s.ends_on + 5, true
from live_session l join training.session s on s.id = l.id join training.enrolment e on e.session_id = s.id
where l.state = 'CLOSED' and e.price_cents > 0 group by s.id, e.member_id;

insert into training.group_account_entry (member_id, year, kind, amount_cents)
select v.id, y.year, 'CONTRIBUTION', 100000 + 50000 * (v.place % 4)
from (select m.id, m.place from live_member m join network.member n on n.id = m.id join network.organisation o on o.id = n.organisation_id
      where o.opco_code = 'UNIFORMATION' and m.place % 9 = 1 union all select s.id, 2 from live_structure s) v
cross join generate_series(2024, extract(year from engine.today())::integer) y (year);
insert into training.group_account_entry (member_id, year, kind, amount_cents, purpose, cost_cents, common_law_cents)
select a.member_id, a.year, 'COMMITMENT', 60000, 'FEDERATION_TRAINING', 150000, 90000 from training.group_account a where a.balance_cents >= 150000;
"""
