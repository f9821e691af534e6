-- Without name, birth date and quotient: answers to a creation are kept for its repetition, and those belong nowhere else.
select b.id, b.version, b.member_id, b.project_id, b.role, b.household_no, b.category, b.birth_year, b.first_stay, b.earlier_aids,
    b.aided_this_year, b.created_at, b.updated_at
from vacation.add_beneficiary(:id, :body) b
