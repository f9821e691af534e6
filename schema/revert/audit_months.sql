begin;

set local lock_timeout = '30s';

delete from engine.job where name in ('make-audit-months', 'purge-silent-readers');
drop function audit.purge_silent_readers(integer), audit.make_months(integer), audit.add_month(text), audit.ready_until(text),
    audit.drop_month(timestamptz);
drop procedure audit.close_part(text, text);

alter table audit.change rename to change_parts;
alter index audit.change_pkey rename to change_parts_pkey;
alter index audit.change_member rename to change_parts_member;
alter index audit.change_record rename to change_parts_record;
create table audit.change (like audit.change_parts including defaults including constraints including comments);
insert into audit.change select * from audit.change_parts;
drop table audit.change_parts;
alter table audit.change add constraint change_pkey primary key (id);
create index change_member on audit.change (member_id, occurred_at desc, id) where member_id is not null;
create index change_record on audit.change (record_id, occurred_at desc, id);
comment on table audit.change is 'One row per write of a record, kept for good; a write that changes nothing leaves none.';
alter table audit.change enable row level security, force row level security;
create policy owner on audit.change to maillage_owner using (true) with check (true);
grant select on audit.change to maillage_app;
create policy read on audit.change for select to maillage_app using (
    (select session.caller()) = 'NATIONAL'
    or member_id = (select session.member_id())
    or (select session.caller()) = 'DELEGATION'
        and exists (select from network.audience a where a.member_id = change.member_id)
    or (select session.caller()) = 'DELEGATION' and record_type in ('DELEGATION', 'APPOINTMENT', 'GROUP')
    or (select session.caller()) in ('DELEGATION', 'STRUCTURE') and record_type = 'ORGANISATION'
        and exists (select from network.member m where m.organisation_id = change.record_id));
create policy pass_lines on audit.change as restrictive for select to maillage_app using (
    record_type <> 'PASS' or exists (select from pass.pass p where p.id = change.record_id));
create policy trainings on audit.change for select to maillage_app using (
    (select session.caller()) = 'DELEGATION' and record_type in ('TRAINING_SESSION', 'TRAINING_SLOT')
    and exists (select from training.session s
        where s.delegation_id = (select session.delegation_id()) and s.id = change.record_id));

alter table audit.access_trace rename to access_trace_parts;
alter index audit.access_trace_pkey rename to access_trace_parts_pkey;
alter index audit.access_trace_by_record rename to access_trace_parts_by_record;
alter index audit.access_trace_by_member rename to access_trace_parts_by_member;
create table audit.access_trace (like audit.access_trace_parts including defaults including constraints including comments);
insert into audit.access_trace select * from audit.access_trace_parts;
drop table audit.access_trace_parts;
alter table audit.access_trace add constraint access_trace_pkey primary key (id);
create index access_trace_by_time on audit.access_trace (occurred_at, id);
create index access_trace_by_record on audit.access_trace using gin (record_ids);
create index access_trace_by_member on audit.access_trace using gin (member_ids);
comment on table audit.access_trace is
    'One row per answer that showed personal or line-level data: who, when, which records. No values. Append-only.';
alter table audit.access_trace enable row level security, force row level security;
create policy owner on audit.access_trace to maillage_owner using (true) with check (true);
create policy read on audit.access_trace for select to maillage_app using (
    (select session.caller()) = 'NATIONAL'
    or delegation_id = (select session.delegation_id())
    or member_id = (select session.member_id())
    or member_ids @> array[(select session.member_id())]);
grant select on audit.access_trace to maillage_app;
call engine.mark_writes();

create or replace function audit.purge_access_traces(batch integer) returns integer
    language sql volatile
    as $$
    with gone as (
        delete from audit.access_trace where id = any (array(
            select t.id from audit.access_trace t where t.occurred_at < now() - interval '3 years'
            order by t.occurred_at limit batch))
        returning 1)
    select count(*)::integer from gone
    $$;
alter function audit.purge_access_traces(integer) reset all;
comment on function audit.purge_access_traces(integer) is 'Traces of reads are kept three years (domain page on the PASS IAE, 3.6).';

call engine.set_revision('stamp_plan');
commit;
