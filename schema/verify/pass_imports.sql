select 1 / (pass.origin_of('XXXXX0000001', '2021-12-01', 'AI') = 'AI_STOCK')::integer;
select 1 / (pass.import_passes('[]', '{"mode": "atomic", "on_conflict": "merge"}', true)
    #>> '{summary,received}' = '0')::integer;
