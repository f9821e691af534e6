select 'training.enrolment_created'::regclass;
