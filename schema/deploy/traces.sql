-- Who read which personal or line-level data. Written by the statement that reads (x-traced in the contract), seen by the
-- federation, by the reader, and by the member concerned; purged after three years (domain page on the PASS IAE, 3.6).
begin;

create table audit.access_trace (
    id            uuid primary key default engine.uuid_v7(),
    occurred_at   timestamptz not null default now(),
    caller        text not null constraint access_trace_caller_known
        check (caller in ('PARTNER', 'STRUCTURE', 'DELEGATION', 'NATIONAL')),
    key_id        uuid,
    delegation_id uuid,
    member_id     uuid,
    operation     text not null constraint access_trace_operation_form check (operation ~ '^[a-z][A-Za-z0-9]{0,99}$'),
    record_type   text not null constraint access_trace_record_type_form check (record_type ~ '^[A-Z_]{1,60}$'),
    records_count bigint not null constraint access_trace_records_some check (records_count > 0),
    record_ids    uuid[] constraint access_trace_ids_count check (cardinality(record_ids) = records_count),
    member_ids    uuid[] constraint access_trace_members_count
        check (record_ids is null or member_ids is null or cardinality(member_ids) = cardinality(record_ids)),
    query         text constraint access_trace_query_length check (length(query) <= 4000),
    request_id    text,
    constraint access_trace_what check ((record_ids is null) = (query is not null))
);
comment on table audit.access_trace is
    'One row per answer that showed personal or line-level data: who, when, which records. No values. Append-only.';
comment on column audit.access_trace.caller is 'Kind of the reader.';
comment on column audit.access_trace.key_id is 'Key of the reader.';
comment on column audit.access_trace.delegation_id is 'Delegation of the reader; null for other kinds.';
comment on column audit.access_trace.member_id is 'Member of the reader; null for other kinds.';
comment on column audit.access_trace.operation is 'operationId of the contract.';
comment on column audit.access_trace.records_count is 'How many records were shown; of an export, how many there were when it began.';
comment on column audit.access_trace.record_ids is 'The records shown, in their order; null for an export.';
comment on column audit.access_trace.member_ids is
    'Member of each record, in the same order (of an export: each member concerned, once); null where records have none.';
comment on column audit.access_trace.query is 'Of an export: what was asked, without words searched for.';
create index access_trace_by_time on audit.access_trace (occurred_at, id);
create index access_trace_by_record on audit.access_trace using gin (record_ids);
create index access_trace_by_member on audit.access_trace using gin (member_ids);
alter table audit.access_trace enable row level security;
alter table audit.access_trace force row level security;
create policy owner on audit.access_trace to maillage_owner using (true) with check (true);
create policy read on audit.access_trace for select to maillage_app using (
    (select session.caller()) = 'NATIONAL'
    or delegation_id = (select session.delegation_id())
    or member_id = (select session.member_id())
    or member_ids @> array[(select session.member_id())]);
grant select on audit.access_trace to maillage_app;

create function audit.trace_rows(operation text, record_type text, record_ids uuid[], member_ids uuid[]) returns bigint
    language sql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
    insert into audit.access_trace (caller, key_id, delegation_id, member_id, operation, record_type, records_count,
        record_ids, member_ids, request_id)
    values (session.caller(), session.key_id(), session.delegation_id(), session.member_id(), operation, record_type,
        cardinality(record_ids), record_ids, member_ids, nullif(current_setting('app.request_id', true), ''))
    returning records_count
    $$;
comment on function audit.trace_rows(text, text, uuid[], uuid[]) is
    'Notes that this caller is shown these records; for the statement that shows them.';

create function audit.trace_export(operation text, record_type text, query text, records_count bigint, member_ids uuid[])
    returns bigint
    language sql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
    insert into audit.access_trace (caller, key_id, delegation_id, member_id, operation, record_type, records_count,
        member_ids, query, request_id)
    select session.caller(), session.key_id(), session.delegation_id(), session.member_id(), operation, record_type,
        trace_export.records_count, trace_export.member_ids, left(trace_export.query, 4000),
        nullif(current_setting('app.request_id', true), '')
    where trace_export.records_count > 0
    returning access_trace.records_count
    $$;
comment on function audit.trace_export(text, text, text, bigint, uuid[]) is
    'Notes that this caller is about to export so many records; nothing when there is none.';

insert into access.scope (name, kinds) values ('traces:read', '{STRUCTURE,DELEGATION,NATIONAL}');

call engine.set_revision('traces');
commit;
