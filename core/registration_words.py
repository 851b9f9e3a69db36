"""What the registration list prints in its column of remarks, so that a list which comes back filled in is understood."""

OWN_WORDS = "đơn vị tự khai"
PARTED = "đơn vị cũ, chưa tách được"
MAYBE = "có thể"
NOT_YET = "dự kiến từ {date}"
