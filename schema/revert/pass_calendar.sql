begin;
delete from calendar.link where kind in ('PASS_STRUCTURE', 'PASS_DELEGATION');
delete from calendar.kind where code in ('PASS_STRUCTURE', 'PASS_DELEGATION');
drop function calendar.events_passes(calendar.link), calendar.trace_passes(calendar.link), calendar.pass_milestone_title(text);
call engine.set_revision('pass_pieces');
commit;
