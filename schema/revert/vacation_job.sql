begin;
delete from engine.job where name = 'purge-vacation-identities';
call engine.set_revision('training_feeds');
commit;
