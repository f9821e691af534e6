select 1 / (pass.conditions_of(null::pass.pathway, 'COMPLETE_TRAINING') ? 'TRAINING_RUNNING')::integer;
