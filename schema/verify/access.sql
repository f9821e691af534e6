select 1 / (cardinality(access.scopes_of('NATIONAL')) = 11)::integer;
select 1 / (caller = 'ANONYMOUS')::integer from session.open(null, null, 'verify', 0, false);
