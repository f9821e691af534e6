-- The purge of identities is a job.
begin;

insert into engine.job (name, function_name, description) values
    ('purge-vacation-identities', 'vacation.purge_identities',
     'Erases names, birth dates and quotients of vacation projects after the delay of their convention.');

call engine.set_revision('vacation_job');
commit;
