select r.year, r.total_cents, r.invoices, r.lines
from training.revenue(:year::integer) r
