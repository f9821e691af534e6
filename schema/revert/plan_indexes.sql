begin;
drop index network.appointment_start, network.appointment_update, network.person_name,
    network.economic_group_update, pass.prolongation_request_by_day, pass.prolongation_request_by_update;
drop policy add on network.appointment;
drop policy change on network.appointment;
create policy write on network.appointment to maillage_app
    using ((select session.caller()) = 'NATIONAL' or delegation_id = (select session.delegation_id()))
    with check ((select session.caller()) = 'NATIONAL' or delegation_id = (select session.delegation_id()));
alter policy read on network.person using ((select session.caller()) in ('NATIONAL', 'DELEGATION', 'STRUCTURE'));
alter policy read on network.appointment using ((select session.caller()) in ('NATIONAL', 'DELEGATION', 'STRUCTURE'));
call engine.set_revision('jobs');
commit;
