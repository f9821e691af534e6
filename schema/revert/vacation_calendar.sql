begin;
delete from calendar.link_use u using calendar.link l where l.id = u.link_id and l.kind = 'VACATIONS';
delete from calendar.link where kind = 'VACATIONS';
delete from calendar.kind where code = 'VACATIONS';
drop function calendar.events_vacations;
call engine.set_revision('vacation_statistics');
commit;
