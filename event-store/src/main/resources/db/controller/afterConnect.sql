-- what a migration makes belongs to the owner, which cannot log in
SET ROLE cl_owner;
