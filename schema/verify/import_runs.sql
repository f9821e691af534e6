select operation from engine.import_run where false;
select 1 / (network.import_members('[]', '{"mode": "atomic", "on_conflict": "fail"}', true)
    #>> '{summary,received}' = '0')::integer;
