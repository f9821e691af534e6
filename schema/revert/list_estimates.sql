begin;

alter policy read on training.enrolment using (
    (select session.caller()) = 'NATIONAL' or member_id = (select session.member_id())
    or (select session.caller()) = 'DELEGATION' and (
        exists (select from training.session s where s.id = session_id and s.delegation_id = (select session.delegation_id()))
        or exists (select from network.audience a where a.member_id = enrolment.member_id)));
drop function report.kinds_of(text[], date);

call engine.set_revision('list_costs');
commit;
