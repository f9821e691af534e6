-- Calendar of vacation aid: stays, and reports that are due. No name of a person stands in a feed.
begin;

create function calendar.events_vacations(link calendar.link) returns setof calendar.event
    language sql stable
    as $$
    select 'sejour-' || p.id, p.version, p.departs_on, p.returns_on, null::timestamptz, null::timestamptz,
        format('Séjour %s : %s (%s)', p.reference, coalesce(p.place, 'lieu à préciser'), m.name),
        format('%s personne(s), %s nuit(s).', f.people, f.nights), p.place,
        case when p.state = 'CANCELLED' then 'CANCELLED' else 'CONFIRMED' end, p.updated_at
    from vacation.project p join vacation.facts f on f.project_id = p.id left
        join network.member m on m.id = p.member_id
    where p.granted_cents is not null and p.returns_on between engine.today() - 366 and engine.today() + 731
      and (link.member_id is null or p.member_id = link.member_id)
    union all
    select 'bilan-' || p.id, p.version, p.returns_on + c.report_days, p.returns_on + c.report_days, null, null,
        format('Bilan à rendre : séjour %s (%s)', p.reference, m.name), null, null,
        case when p.state = 'CANCELLED' or p.reported_at is not null then 'CANCELLED' else 'CONFIRMED' end, p.updated_at
    from vacation.project p join vacation.convention c on c.id = p.convention_id left
        join network.member m on m.id = p.member_id
    where p.granted_cents is not null and p.returns_on between engine.today() - 366 and engine.today() + 731
      and (link.member_id is null or p.member_id = link.member_id)
    $$;
comment on function calendar.events_vacations(calendar.link) is
    'Granted stays from departure to return, and the last day of their report, which is cancelled once it is in; '
    'a year back, two ahead.';
insert into calendar.kind (code, title, function_name, callers) values
    ('VACATIONS', 'Aides aux vacances', 'events_vacations', '{STRUCTURE,DELEGATION,NATIONAL}');

call engine.set_revision('vacation_calendar');
commit;
