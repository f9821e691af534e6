begin;
update report.published_figure set formula = null, arguments = '{}',
    not_computed_as = 'Les formations ne sont pas encore enregistrées ici.' where formula = 'TRAININGS';
delete from report.formula where id = 'TRAININGS';
drop function training.figure(report.published_figure);
drop function training.revenue(integer);
drop function training.statistics(integer, text);
drop function training.satisfaction(bigint, bigint, bigint, numeric, boolean);
drop function training.statistic_groups(integer, text);
drop function training.group_label(text, text);
drop function training.shown_people(bigint);
drop function training.counted_sessions(integer);
call engine.set_revision('training_bpf');
commit;
