begin;
delete from access.scope where name = 'traces:read';
update access.api_key set scopes = array_remove(scopes, 'traces:read') where 'traces:read' = any (scopes);
drop function audit.trace_rows(text, text, uuid[], uuid[]), audit.trace_export(text, text, text, bigint, uuid[]);
drop table audit.access_trace;
call engine.set_revision('pass_calculator');
commit;
