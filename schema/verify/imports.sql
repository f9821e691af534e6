select 1 / (network.import_members('[]', 'atomic', 'fail', 'siret_kind', 'keep', null, true)
    #>> '{summary,received}' = '0')::integer;
select * from engine.import_rejects(engine.uuid_v7());
