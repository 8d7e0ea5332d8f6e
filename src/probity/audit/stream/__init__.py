"""Following a live log: findings as soon as they are final, with state that stays small."""
