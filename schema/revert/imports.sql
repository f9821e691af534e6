begin;
set local client_min_messages = warning;
drop function network.import_members(jsonb, text, text, text, text, integer, boolean), network.sweep(uuid[], integer),
    network.import_plan(jsonb, text, text),
    network.remove_members(uuid[]), network.import_slice(jsonb, boolean),
    network.refusal(integer, integer, text, text, text, text), network.find_members(text, jsonb),
    engine.import_rejects(uuid), engine.keep_import(uuid, text, jsonb, jsonb, jsonb);
drop table engine.import_run;
call engine.set_revision('report_figures');
commit;
