begin;
set local client_min_messages = warning;
delete from access.scope where name like 'vacations:%';
update report.published_figure set formula = null, arguments = '{}', not_computed_as = 'Les aides aux vacances ne sont pas encore enregistrées ici.'
where formula = 'VACATION_AID';
delete from report.formula where id = 'VACATION_AID';
drop function vacation.published;
drop view vacation.funder_lines;
drop function vacation.statistics;
drop function vacation.groups;
drop function vacation.figures_of;
drop type vacation.figures;
drop function vacation.counted;
call engine.set_revision('vacation_workflow');
commit;
