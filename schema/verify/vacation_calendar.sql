select * from calendar.events_vacations(null) limit 0;
select 1 / (count(*) = 1)::integer from calendar.kind where code = 'VACATIONS';
