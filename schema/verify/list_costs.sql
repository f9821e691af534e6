select 'vacation.checks_of(vacation.project, vacation.convention, vacation.facts)'::regprocedure, 'training.trainer_update'::regclass;
