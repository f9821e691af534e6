-- The jobs of the PASS IAE: erasure, and folding of the summary behind the forecast.
begin;

insert into engine.job (name, function_name, description) values
    ('erase-passes', 'pass.erase_ended', 'Erases lines of PASS 24 months after the end of the pathway; counts by month stay.'),
    ('fold-pass-counts', 'pass.fold_expiry_counts', 'Folds the rows of the summary behind the forecast that have the same key.');

call engine.set_revision('pass_jobs');
commit;
