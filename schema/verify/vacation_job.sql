select 1 / (count(*) = 1)::integer from engine.job where name = 'purge-vacation-identities';
