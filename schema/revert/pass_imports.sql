begin;
drop function pass.import_passes(jsonb, jsonb, boolean), pass.merge_imported(jsonb), pass.create_imported(jsonb),
    pass.has_parts(pass.pass),
    pass.import_plan(jsonb, text), pass.import_rows(jsonb), pass.origin_of(text, date, text), pass.own_kinds();
call engine.set_revision('import_runs');
commit;
