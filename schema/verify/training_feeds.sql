select 'training.events(uuid[])'::regprocedure;
select 'calendar.events_trainings(calendar.link)'::regprocedure;
select 'calendar.events_own_trainings(calendar.link)'::regprocedure;
select 'calendar.events_trainer(calendar.link)'::regprocedure;
select 'training.purge_identities(integer)'::regprocedure;
select 'training.expire_waiting(integer)'::regprocedure;
