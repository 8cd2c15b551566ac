import { cva, type VariantProps } from 'class-variance-authority';
import { Slot } from 'radix-ui';
import type { ComponentProps } from 'react';
import { classNames } from './class-names.ts';

const look = cva(
  'inline-flex items-center justify-center gap-1.5 rounded-md text-sm font-medium whitespace-nowrap transition-colors disabled:pointer-events-none disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0',
  {
    variants: {
      variant: {
        primary: 'bg-primary text-primary-foreground hover:opacity-90',
        outline: 'border bg-card hover:bg-muted',
        ghost: 'hover:bg-muted',
        danger: 'border border-bad text-bad hover:bg-bad hover:text-background',
      },
      size: { medium: 'h-8 px-3', small: 'h-7 px-2 text-xs', icon: 'size-8' },
    },
    defaultVariants: { variant: 'outline', size: 'medium' },
  },
);

type ButtonProps = ComponentProps<'button'> & VariantProps<typeof look> & { asChild?: boolean };

/** `asChild` gives its looks to the one child, such as a link. */
export function Button({ variant, size, asChild = false, className, type = 'button', ...props }: ButtonProps) {
  const Element = asChild ? Slot.Root : 'button';
  return (
    <Element type={asChild ? undefined : type} className={classNames(look({ variant, size }), className)} {...props} />
  );
}
