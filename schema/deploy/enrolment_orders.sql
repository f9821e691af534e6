-- The order of the list of enrolments, which no index held (tests/plans).
begin;

create index enrolment_created on training.enrolment (created_at, id);

call engine.set_revision('enrolment_orders');
commit;
