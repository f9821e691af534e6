select 'training.counted_sessions(integer)'::regprocedure;
select 'training.shown_people(bigint)'::regprocedure;
select 'training.group_label(text, text)'::regprocedure;
select 'training.statistic_groups(integer, text)'::regprocedure;
select 'training.satisfaction(bigint, bigint, bigint, numeric, boolean)'::regprocedure;
select 'training.statistics(integer, text)'::regprocedure;
select 'training.revenue(integer)'::regprocedure;
select 'training.figure(report.published_figure)'::regprocedure;
